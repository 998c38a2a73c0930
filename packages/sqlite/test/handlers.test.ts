/** Stimuli 128 to 131: handlers that take the process with them. The numbers are those of the reliability catalogue. */
import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { type InboxProcess, startFile } from './support/processes.ts'
import { openEngine, temporaryFile } from './support/stores.ts'

/** What three starts may take on a busy machine, in milliseconds. */
const PATIENCE_MS = 90_000

/** More than the bad event can explain: something goes round for ever. */
const MAX_STARTS = 8

/** Runs a receiver as a supervisor does: starts it again whenever it has ended, and kills it when it has been silent for too long. */
async function supervised(misbehaviour: string, silenceMs = 60_000) {
  const file = temporaryFile()
  const account = join(dirname(file), 'account')
  let starts = 0
  let process: InboxProcess | undefined
  let url = ''

  async function start(): Promise<void> {
    if (++starts > MAX_STARTS) throw new Error(`started ${starts} times`)
    process = startFile('./handler-child.ts', [file, account, misbehaviour], 100)
    url = `http://127.0.0.1:${(await process.saying('port')).slice(5)}`
  }

  /** The status; `undefined` when it ended, or was killed, before there was one. */
  async function post(
    id: string,
    key = 'k'.repeat(32),
    body = JSON.stringify({ event: 'identify', data: { audit_id: id, uip_id: id } }),
  ): Promise<number | undefined> {
    const headers = { 'X-UIP-Signature': createHmac('sha256', key).update(body).digest('hex') }
    const signal = AbortSignal.timeout(silenceMs)
    return fetch(url, { method: 'POST', headers, body, signal }).then(
      ({ status }) => status,
      () => undefined,
    )
  }

  /** As a provider does: again, until it is acknowledged. */
  async function deliver(id: string): Promise<void> {
    while ((await post(id)) !== 200) await revive()
  }

  let reviving: Promise<void> | undefined
  /** Starts it again if it is gone, or does not answer any more. */
  function revive(): Promise<void> {
    reviving ??= (async () => {
      const answers = await post('', 'another key')
      if (answers === undefined) {
        await process?.kill()
        await start()
      }
      reviving = undefined
    })()
    return reviving
  }

  await start()
  const engine = await openEngine(file)
  const left = async () => {
    const { waiting, running } = await engine.stats()
    return waiting + running
  }
  const handled = () => readFileSync(account, 'utf8').trimEnd().split('\n').toSorted()
  return {
    ...{ post, deliver, revive, handled },
    starts: () => starts,
    /** Delivers what is authentic and of no use, once: a provider does not repeat what was refused. */
    deliverUnusable: () => post('', 'k'.repeat(32), '[]'),
    quarantined: () => engine.quarantined({}),
    /** Revives it until nothing is left to handle. Resolves to what became of the bad event. */
    async outcome() {
      while ((await left()) > 0) {
        await revive()
        await sleep(20)
      }
      const events = await engine.events({})
      return events.find(({ context }) => context.id === 'identify:bad')
    },
  }
}

const neighbours = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i']

describe('a handler that', () => {
  test.each([
    ['exits', 'dead', 3, 60_000],
    ['takes all memory', 'dead', 3, 60_000],
    ['leaves a rejection behind', 'either', 3, 60_000],
    ['throws from a timer', 'dead', 3, 60_000],
    // On a busy machine one that is merely slow is killed too.
    ['never gives the thread back', 'dead', MAX_STARTS, 1_500],
    ['blocks the thread for two seconds', 'done', 1, 60_000],
    ['fails, and onDeadLetter exits', 'dead', 2, 60_000],
  ] as const)(
    '130 %s: loses no neighbour, and is given up',
    async (misbehaviour, state, starts, silenceMs) => {
      const run = await supervised(misbehaviour, silenceMs)
      await run.deliver('a')
      await Promise.all(['bad', ...neighbours.slice(1)].map(run.deliver))
      const bad = await run.outcome()
      if (state === 'either') expect(['done', 'dead']).toContain(bad?.state)
      else expect(bad?.state).toBe(state)
      expect(run.starts()).toBeLessThanOrEqual(starts)
      expect([...new Set(run.handled())].filter((id) => id !== 'bad')).toEqual(neighbours)
      if (misbehaviour === 'exits') expect(bad).toMatchObject({ crashes: 2, attempts: 3, error: 'crashed' })
    },
    PATIENCE_MS,
  )
})

test(
  'onRejected that ends the process: loses no neighbour, nor what it was told of',
  async () => {
    const run = await supervised('onRejected exits')
    await run.deliver('a')
    await Promise.all([run.deliverUnusable(), ...neighbours.slice(1).map(run.deliver)])
    await run.outcome()
    expect(run.starts()).toBe(2)
    expect([...new Set(run.handled())]).toEqual(neighbours)
    expect(await run.quarantined()).toMatchObject([{ reason: 'body-unusable', count: 1 }])
  },
  PATIENCE_MS,
)
