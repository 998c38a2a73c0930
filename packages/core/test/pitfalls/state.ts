import { describe, expect, it, onTestFinished } from 'vitest'
import { createInbox } from '../../src/inbox/create-inbox.ts'
import { memoryEngine } from '../../src/inbox/memory-engine.ts'
import type { Outcome } from '../../src/inbox/port.ts'
import type { PressEvent } from '../../src/index.ts'
import { latestOnly } from '../../src/latest-only.ts'
import { advanceAi } from '../../src/providers/advance-ai.ts'
import { press } from '../../src/providers/press.ts'
import { eventually } from '../support/eventually.ts'
import { receiving } from '../support/receiving.ts'
import { serving } from '../support/serving.ts'
import { signedAdvanceAi, signedPress, unixSeconds } from '../support/signed.ts'
import { aaiCompleted, pressEnvelope } from '../vectors/documented.ts'

const DAY = 86_400_000

it('pitfall 17: the same delivery fifty times at once is one event', async () => {
  // The trap: to look first and to write then finds nothing, fifty times.
  const seen = new Set<string>()
  const naive = async (key: string): Promise<Outcome> => {
    if (seen.has(key)) return 'duplicate'
    await new Promise(setImmediate)
    return seen.add(key) && 'recorded'
  }
  const outcomes = await Promise.all(Array.from({ length: 50 }, () => naive('a')))
  expect(outcomes).toEqual(Array(50).fill('recorded'))

  const { post, handled } = await serving(press())
  const answers = await Promise.all(Array.from({ length: 50 }, () => post(signedPress(pressEnvelope))))
  expect(answers.map(({ status }) => status)).toEqual(Array(50).fill(200))
  expect(await handled()).toHaveLength(1)
})

describe('pitfall 18: a memory shorter than the repetitions', () => {
  it('the last of PRESS, after seven hours, is known, and one after days as well', async () => {
    const { receive, handled, clock } = receiving(press())
    const first = clock.now
    for (const after of [0, 60_000, 360_000, 1_260_000, 4_860_000, 26_460_000, 7 * DAY - 1_000]) {
      clock.now = first + after
      const delivery = signedPress(pressEnvelope, { timestamp: unixSeconds(clock.now) })
      expect((await receive(delivery)).status).toBe(200)
    }
    expect(await handled()).toHaveLength(1)
  })

  it.each([300_000, 86_400_000, 7 * DAY - 1])('rememberMs of %d is refused', (rememberMs) => {
    expect(() => receiving(press(), { rememberMs })).toThrow(
      expect.objectContaining({ code: 'option-invalid' }),
    )
  })
})

describe('pitfall 19: the id is remembered, and what it stood for is lost', () => {
  it('not when the store fails: id, nonce and events are recorded together or not at all', async () => {
    const engine = memoryEngine()
    let down = true
    const commit: typeof engine.commit = (...batch) =>
      down ? Promise.reject(new Error('disk full')) : engine.commit(...batch)
    const { post, handled, log } = await serving(advanceAi(), { inbox: createInbox({ ...engine, commit }) })
    const delivery = signedAdvanceAi(aaiCompleted)
    expect((await post(delivery)).status).toBe(503)
    down = false
    expect((await post(delivery)).status).toBe(200)
    expect(log.where({ outcome: 'recorded' })).toHaveLength(1)
    expect(await handled()).toHaveLength(1)
  })

  it('not when the handler fails: it runs again, without the provider', async () => {
    let failures = 2
    const attempts: number[] = []
    const { post, inbox } = await serving(press(), {
      onEvent: (_, { attempt }) => {
        attempts.push(attempt)
        if (failures-- > 0) throw new Error('the database is away')
      },
      retry: { firstDelayMs: 0 },
    })
    await post(signedPress(pressEnvelope))
    await eventually(async () => (await inbox.stats()).done).toBe(1)
    expect(attempts).toEqual([1, 2, 3])
  })
})

it('pitfall 20: the same id with another body is kept as evidence and told of', async () => {
  const { post, handled, inbox, log } = await serving(press())
  const other = signedPress({ ...pressEnvelope, source: 'icp/other' })
  await post(signedPress(pressEnvelope))
  expect((await post(other)).status).toBe(200)
  expect(await handled()).toHaveLength(1)
  const [row] = await inbox.quarantined()
  expect(row?.reason).toBe('delivery-conflict')
  expect(Buffer.from(row?.body ?? []).equals(other.body)).toBe(true)
  expect(log.where({ level: 'warn', code: 'delivery-conflict' })).toHaveLength(1)
})

describe('pitfall 21: a process that dies while it handles an event', () => {
  const engine = memoryEngine()
  /** A process on the same store whose handler never comes back. It dies: nothing of it is closed or given back. */
  async function diesWhileHandling(attempts: number[]): Promise<void> {
    const inbox = createInbox(engine)
    const started = Promise.withResolvers<void>()
    const handler = (_: PressEvent, { attempt }: { attempt: number }) => {
      attempts.push(attempt)
      started.resolve()
      return new Promise(() => {})
    }
    // One at a time, so that what is left of the dead process takes nothing from the living.
    const { receive } = receiving(press(), { inbox, onEvent: handler, concurrency: 1, closeGraceMs: 0 })
    await receive(signedPress(pressEnvelope))
    await started.promise
    await engine.close()
  }

  it('the event runs again, and one that kills each process is set aside instead of running for ever', async () => {
    const attempts: number[] = []
    for (let crash = 0; crash < 5; crash++) await diesWhileHandling(attempts)
    expect(attempts).toEqual([1, 2, 3, 4, 5])
    const { inbox } = receiving(press(), { inbox: createInbox(engine), onEvent: () => expect.unreachable() })
    await eventually(() => inbox.events()).toMatchObject([{ state: 'dead', error: 'crashed', crashes: 5 }])
    onTestFinished(() => engine.close())
  })
})

it('pitfall 22: of two events of one time, the later one to come is not dropped', async () => {
  const written: unknown[] = []
  const write = latestOnly<PressEvent>(({ data }) => void written.push(data.status))
  const { post, handled, inbox } = await serving(press(), { onEvent: write, concurrency: 1 })
  const change = (id: string, status: string, event_ts: string) =>
    signedPress({
      ...pressEnvelope,
      id,
      data: [{ type: 'ae.uaekyc.icp.status_change.v1', records: [{ uaekyc_id: 1, event_ts, status }] }],
    })
  for (const [id, status, time] of [
    ['a', 'entered', '2026-03-30T12:40:00Z'],
    ['b', 'extended', '2026-03-30T12:40:00Z'],
    ['c', 'before', '2026-03-30T12:39:59Z'],
  ] as const) {
    await post(change(id, status, time))
    await handled()
  }
  expect(written).toEqual(['entered', 'extended'])
  expect(await inbox.stats()).toMatchObject({ done: 3 })
})
