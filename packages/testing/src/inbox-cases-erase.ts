import type { InboxEngine } from '@kyc-webhooks/core'
import { expect } from 'vitest'
import { exclusive, type InboxCase, onEngine } from './inbox-case.ts'
import {
  bytes,
  claim,
  event,
  headOf,
  nonce,
  record,
  settle,
  startOne,
  subjectOf,
  T0,
} from './inbox-samples.ts'
import { movedEvent, moveIn, moveOf, NOTHING } from './inbox-samples-move.ts'

const [anna, ben] = [subjectOf('anna'), subjectOf('ben')]
const about = (name: string, subject: string) => ({ ...event(name), subject })

/** Deleting what is kept of one person. */
export const eraseCases: readonly InboxCase[] = [
  onEngine('erases events of a subject that are over, and says which are not', async (engine) => {
    await settle(engine, await start(engine, 'done', anna), 'done')
    await settle(engine, await start(engine, 'dead', anna), 'dead')
    await settle(engine, await start(engine, 'another', ben), 'done')
    await settle(engine, await startOne(engine, 'nobody'), 'done')
    const running = await start(engine, 'running', anna)
    await record(engine, 'waiting', { events: [about('waiting', anna)] })
    expect(await engine.erase({ subjects: [anna] })).toMatchObject({
      ...{ events: 2, bodies: 0, heads: 0, quarantined: 0, waiting: 1, running: 1, receivers: ['press'] },
    })
    expect((await engine.events({})).map(({ json }) => JSON.parse(json).name)).toEqual([
      ...['another', 'nobody', 'running', 'waiting'],
    ])
    await settle(engine, running, 'done')
    expect(await engine.erase({ subjects: [subjectOf('nobody'), anna, ben] })).toMatchObject({ events: 2 })
    expect(await engine.erase({ subjects: [] })).toMatchObject({ events: 0, waiting: 0, receivers: [] })
    expect(await engine.erase({ subjects: [''] })).toMatchObject({ events: 0 })
  }),

  onEngine('erases events that wait when it is told to', async (engine) => {
    await record(engine, 'waiting', { events: [about('waiting', anna)] })
    const running = await start(engine, 'running', anna)
    await record(engine, 'too', { events: [about('too', anna)] })
    await settle(engine, running, 'released')
    expect(await engine.erase({ subjects: [anna], waiting: true })).toMatchObject({ events: 3, waiting: 0 })
    expect((await claim(engine, T0 + 1e9)).claims).toEqual([])
  }),

  onEngine('erases events of one receiver when it is told to', async (engine) => {
    for (const receiver of ['press', 'odd\0']) {
      await record(engine, 'a', { receiver, events: [about('a', anna)] })
    }
    const request = { subjects: [anna], waiting: true }
    expect(await engine.erase({ ...request, receiver: 'odd\0' })).toMatchObject({
      ...{ events: 1, receivers: ['odd\0'] },
    })
    expect(await engine.events({})).toMatchObject([{ receiver: 'press' }])
  }),

  onEngine('remembers key and nonce of an event that it erased', async (engine) => {
    await record(engine, 'a', { nonce: nonce('n'), events: [about('a', anna)] })
    await engine.erase({ subjects: [anna], waiting: true })
    expect(await record(engine, 'a')).toBe('duplicate')
    expect(await record(engine, 'b', { nonce: nonce('n') })).toBe('nonce-reused')
  }),

  onEngine('erases the bytes of a delivery and leaves the other events in it', async (engine) => {
    const context = { id: 'a', receivedAt: '2026-01-01T00:00:00.000Z', attempt: 7 }
    await record(engine, 'a', { context, events: [about('1', anna), about('2', ben)] })
    const [first] = (await claim(engine, T0, 1)).claims
    await settle(engine, first?.seq ?? 0, 'done')
    const [before] = await engine.deliveries({ after: 0, limit: 10 })
    expect(before?.body.length).toBeGreaterThan(0)
    expect(await engine.erase({ subjects: [anna] })).toMatchObject({ events: 1, bodies: 1 })
    const [after] = await engine.deliveries({ after: 0, limit: 10 })
    expect(after).toMatchObject({
      seq: before?.seq,
      headers: {},
      context,
      events: [{ json: event('2').json }],
    })
    expect(after?.body).toHaveLength(0)
    expect((await claim(engine)).claims).toMatchObject([{ context, json: event('2').json }])
    // No way of bringing them back.
    await engine.rewrite({ deliveries: before ? [before] : [] })
    expect((await engine.deliveries({ after: 0, limit: 10 }))[0]?.body).toHaveLength(0)
    expect(await engine.events({})).toHaveLength(1)
  }),

  onEngine('erases quarantined deliveries by number', async (engine) => {
    for (const id of ['a', 'b']) await record(engine, id, { quarantine: 'body-unusable' })
    const [a] = await engine.quarantined({})
    const request = { subjects: [], quarantined: [a?.seq ?? 0, 999_999] }
    expect(await engine.erase(request)).toMatchObject({ quarantined: 1 })
    expect(await engine.quarantined({})).toMatchObject([{ context: { id: 'b' } }])
  }),

  exclusive(
    onEngine('erases heads by key', async (engine) => {
      for (const name of ['anna', 'ben']) {
        const seq = await startOne(engine, name)
        await settle(engine, seq, 'done', { head: { key: headOf(name), time: 5 } })
      }
      expect(await engine.erase({ subjects: [], heads: [headOf('anna'), headOf('nobody')] })).toMatchObject({
        heads: 1,
      })
      expect(await engine.head([headOf('anna')])).toBeUndefined()
      expect(await engine.head([headOf('anna'), headOf('ben')])).toBe(5)
    }),
  ),

  onEngine(
    'finds events whose subject nobody has looked for, and erases them when somebody has',
    async (engine) => {
      const delivery = { receivedAt: T0, body: bytes('x'), headers: {}, context: { receivedAt: 'then' } }
      const old = { ...delivery, events: [movedEvent(3, { state: 'done' })] }
      const known = { ...delivery, events: [movedEvent(4, { state: 'done', subject: ben })] }
      await moveIn(
        engine,
        moveOf({
          ...NOTHING,
          deliveries: [
            known,
            old,
            known && { ...delivery, events: [movedEvent(5, { state: 'done', subject: '' })] },
          ],
        }),
      )
      const unlooked = () => engine.deliveries({ after: 0, limit: 10, unlooked: true })
      const [found, ...others] = await unlooked()
      expect([found, others]).toMatchObject([{ events: [{ seq: 3, subject: undefined }] }, []])
      expect(await engine.erase({ subjects: [anna] })).toMatchObject({ events: 0 })
      const events = (found?.events ?? []).map((fact) => ({ ...fact, subject: anna }))
      await engine.rewrite({ deliveries: found ? [{ ...found, events }] : [] })
      expect(await unlooked()).toEqual([])
      expect(await engine.deliveries({ after: 0, limit: 10, event: 4 })).toMatchObject([
        { events: [{ seq: 4 }] },
      ])
      expect(await engine.erase({ subjects: [anna] })).toMatchObject({ events: 1 })
    },
  ),

  {
    name: 'leaves nothing of what it erased in the store',
    persistent: true,
    async run(fixture) {
      const engine = await fixture.open()
      const personal = {
        body: bytes(`body of anna`.repeat(500)),
        headers: { 'x-name': 'header of anna' },
        context: { id: 'id of anna', receivedAt: '2026-01-01T00:00:00.000Z' },
      }
      await record(engine, 'a', { ...personal, events: [about('event of anna', anna)] })
      const traces = async () =>
        (await fixture.content()).toString('latin1').match(/\b(body|header|id|event) of anna/g) ?? []
      expect(new Set(await traces())).toContain('event of anna')
      await engine.erase({ subjects: [anna], waiting: true })
      await engine.overwrite()
      expect(await traces()).toEqual([])
    },
  },
]

/** Records an event about somebody and starts it. Resolves to its number. */
async function start(engine: InboxEngine, id: string, subject: string): Promise<number> {
  await record(engine, id, { events: [about(id, subject)] })
  return (await claim(engine, T0, 1)).claims[0]?.seq ?? 0
}
