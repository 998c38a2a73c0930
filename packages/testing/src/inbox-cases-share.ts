import { expect } from 'vitest'
import { exclusive, type InboxCase, onTwoEngines } from './inbox-case.ts'
import { claim, crash, headOf, nonce, record, settle, startOne, T0 } from './inbox-samples.ts'

/** Several engines on one store, at once or one after the other. */
export const shareCases: readonly InboxCase[] = [
  onTwoEngines('shows one engine what another recorded', async (a, b) => {
    await record(a, 'a')
    expect(await record(b, 'a')).toBe('duplicate')
    expect(await b.events({})).toEqual(await a.events({}))
  }),

  onTwoEngines('records a delivery once when engines race', async (a, b) => {
    for (let round = 0; round < 50; round++) {
      const outcomes = await Promise.all([a, b, a, b].map((engine) => record(engine, `round ${round}`)))
      expect(outcomes.toSorted()).toEqual(['duplicate', 'duplicate', 'duplicate', 'recorded'])
    }
    expect(await a.stats()).toMatchObject({ waiting: 50 })
  }),

  onTwoEngines('gives a nonce to one delivery when engines race', async (a, b) => {
    for (let round = 0; round < 20; round++) {
      const outcomes = await Promise.all(
        [a, b].map((engine, index) => record(engine, `${round} ${index}`, { nonce: nonce(`${round}`) })),
      )
      expect(outcomes.toSorted()).toEqual(['nonce-reused', 'recorded'])
    }
  }),

  exclusive(
    onTwoEngines('lets one engine at a time run the events of a receiver', async (a, b) => {
      const seq = await startOne(a)
      expect(await b.acquire('press', T0 + 5)).toBe(false)
      expect(await a.events({})).toMatchObject([{ state: 'running', crashes: 0 }])
      expect(await b.acquire('uip', T0)).toBe(true)
      expect(await a.acquire('uip', T0)).toBe(false)
      await settle(b, seq, 'done')
      await a.release('press')
      expect(await b.acquire('press', T0 + 5)).toBe(true)
      expect(await a.acquire('press', T0 + 5)).toBe(false)
      expect(await b.events({})).toMatchObject([{ state: 'done', crashes: 0 }])
    }),
  ),

  exclusive(
    onTwoEngines('gives the right to one of the engines that ask at once', async (a, b) => {
      for (let round = 0; round < 20; round++) {
        const asked = await Promise.all([a.acquire('press', T0), b.acquire('press', T0)])
        expect(asked.toSorted()).toEqual([false, true])
        await Promise.all([a.release('press'), b.release('press')])
      }
    }),
  ),

  onTwoEngines('frees the right when an engine closes, and counts what it left running', async (a, b) => {
    await startOne(a)
    await a.close()
    expect(await b.acquire('press', T0 + 5)).toBe(true)
    expect((await claim(b, T0 + 5)).claims).toMatchObject([{ attempt: 2, crashes: 1 }])
  }),

  exclusive(
    onTwoEngines('changes nothing by a settlement of an engine that lost the right', async (a, b) => {
      const seq = await startOne(a)
      await a.release('press')
      await claim(b)
      await settle(a, seq, 'dead', { head: { key: headOf('anna'), time: 1 } })
      expect(await b.events({})).toMatchObject([{ state: 'running', attempts: 2, crashes: 1 }])
      expect(await b.head([headOf('anna')])).toBeUndefined()
    }),
  ),

  {
    name: 'keeps everything when it is closed and opened again',
    persistent: true,
    async run(fixture) {
      const before = await fixture.open()
      const done = await startOne(before, 'done')
      await settle(before, done, 'done')
      const running = await startOne(before, 'running')
      await record(before, 'waiting', { nonce: nonce('n') })
      await record(before, 'bad', { quarantine: 'body-not-json' })
      await crash(before)
      const [events, quarantined, stats] = [
        await before.events({}),
        await before.quarantined({}),
        await before.stats(),
      ]
      await before.close()
      const after = await fixture.open()
      expect(await after.events({})).toEqual(events)
      expect(await after.quarantined({})).toEqual(quarantined)
      expect(await after.stats()).toEqual(stats)
      expect(await record(after, 'done')).toBe('duplicate')
      expect(await record(after, 'new', { nonce: nonce('n') })).toBe('nonce-reused')
      expect((await claim(after)).claims.find(({ seq }) => seq === running)).toMatchObject({
        attempt: 2,
        crashes: 1,
      })
    },
  },

  {
    name: 'keeps heads when it is closed and opened again',
    persistent: true,
    exclusive: true,
    async run(fixture) {
      const before = await fixture.open()
      await settle(before, await startOne(before), 'done', { head: { key: headOf('anna'), time: 9 } })
      await before.close()
      expect(await (await fixture.open()).head([headOf('anna')])).toBe(9)
    },
  },

  {
    name: 'opens a new store several times at once',
    persistent: true,
    async run(fixture) {
      const engines = await Promise.all([fixture.open(), fixture.open(), fixture.open()])
      const outcomes = await Promise.all(engines.map((engine) => record(engine, 'a')))
      expect(outcomes.toSorted()).toEqual(['duplicate', 'duplicate', 'recorded'])
    },
  },
]
