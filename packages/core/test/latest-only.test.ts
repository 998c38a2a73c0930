import { describe, expect, it } from 'vitest'
import type { Handler, HandlerContext, KycEvent } from '../src/event.ts'
import { memoryEngine } from '../src/inbox/memory-engine.ts'
import type { Claim, InboxEngine } from '../src/inbox/port.ts'
import { type LatestOnlyOptions, latestOnly } from '../src/latest-only.ts'
import { handle } from '../src/steps/handle.ts'
import {
  type BenchOptions,
  bench,
  engineWith,
  hang,
  pass,
  receiptOf,
  settlementsOf,
  unavailable,
} from './inbox/support.ts'

interface Fact {
  id: string
  subject?: string
  /** Seconds. */
  time?: number
}

const asEvent = ({ id, subject, time }: Fact) => ({
  ...{ id, type: 'a.type' },
  ...(subject === undefined ? {} : { subject }),
  ...(time === undefined ? {} : { time: new Date(time * 1_000).toISOString() }),
})

const factReceipt = (fact: Fact) =>
  receiptOf(fact.id, { events: [{ type: 'a.type', json: JSON.stringify(asEvent(fact)), unsigned: [] }] })

interface LatestBench extends Omit<BenchOptions, 'run'> {
  write?: Handler
  options?: LatestOnlyOptions<KycEvent>
  /** What becomes the handler; `latest` by default. */
  around?: (latest: Handler) => Handler
}

/** A worker whose handler is made by `latestOnly`. */
function latestBench({ write, options, around = (latest) => latest, ...work }: LatestBench = {}) {
  const written: string[] = []
  const latest = latestOnly(async (event, context) => {
    written.push(event.id)
    await write?.(event, context)
  }, options)
  const handlers = { byType: new Map(), other: around(latest) }
  const run = (claim: Claim, scope: Parameters<typeof handle>[2]) => handle(handlers, claim, scope, () => {})
  const made = bench({ ...work, run })
  const deliver = async (...facts: Fact[]) => {
    for (const fact of facts) {
      void made.inbox.record(factReceipt(fact))
      await pass()
    }
  }
  return { ...made, written, deliver }
}

const slow = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

describe('an event of a subject', () => {
  it('is written unless a later one was handled before; either way it is settled', async () => {
    const { deliver, written, inbox } = latestBench()
    await deliver(
      { id: 'second', subject: 's', time: 2 },
      { id: 'first', subject: 's', time: 1 },
      { id: 'third', subject: 's', time: 3 },
    )
    expect(written).toEqual(['second', 'third'])
    await expect(inbox.stats()).resolves.toMatchObject({ done: 3 })
  })

  it.each([
    ['by default', {}, ['a', 'b']],
    ['when asked to', { equalTimes: 'apply' }, ['a', 'b']],
    ['never, when asked to skip', { equalTimes: 'skip' }, ['a']],
  ] as const)('of the same time is written %s', async (_, options, expected) => {
    const { deliver, written } = latestBench({ options })
    await deliver({ id: 'a', subject: 's', time: 1 }, { id: 'b', subject: 's', time: 1 })
    expect(written).toEqual(expected)
  })

  it.each([
    ['a time', { subject: 's' }],
    ['a subject', { time: 1 }],
    ['either', {}],
  ])('without %s is written, always', async (_, fact) => {
    const { deliver, written } = latestBench()
    await deliver({ id: 'latest', subject: 's', time: 9 }, { id: 'a', ...fact }, { id: 'b', ...fact })
    expect(written).toEqual(['latest', 'a', 'b'])
  })

  it('is told from those of other subjects, and of other handlers with `subject`', async () => {
    const { deliver, written } = latestBench({ options: { subject: (event) => event.id.slice(0, 1) } })
    await deliver(
      { id: 'a2', subject: 's', time: 2 },
      { id: 'b1', subject: 's', time: 1 },
      { id: 'a1', subject: 's', time: 1 },
    )
    expect(written).toEqual(['a2', 'b1'])
  })

  it('is compared in time, not in text', async () => {
    const { inbox, written } = latestBench()
    for (const [id, time] of [
      ['noon', '2026-03-30T12:00:00+04:00'],
      ['later', '2026-03-30T09:00:00Z'],
      ['before', '2026-03-30T11:59:59.999+04:00'],
    ]) {
      const json = JSON.stringify({ id, type: 'a.type', subject: 's', time })
      void inbox.record(receiptOf(id ?? '', { events: [{ type: 'a.type', json, unsigned: [] }] }))
      await pass()
    }
    expect(written).toEqual(['noon', 'later'])
  })
})

describe('events of one subject', () => {
  it('run one at a time, while other subjects run beside them', async () => {
    const inHand = new Set<string>()
    const seen: string[] = []
    const { deliver } = latestBench({
      write: async ({ id }) => {
        inHand.add(id)
        seen.push([...inHand].sort().join())
        await slow(1_000)
        inHand.delete(id)
      },
    })
    await deliver(
      { id: 'a1', subject: 'a', time: 1 },
      { id: 'a2', subject: 'a', time: 2 },
      { id: 'b1', subject: 'b', time: 1 },
    )
    await pass(3_000)
    expect(seen).toEqual(['a1', 'a1,b1', 'a2,b1'])
  })

  it('are compared with what is durable: the next waits for the settlement', async () => {
    let isDown = false
    const engine = engineWith((call, carryOut) =>
      call.method === 'commit' && settlementsOf(call).length > 0 && isDown
        ? Promise.reject(unavailable())
        : carryOut(),
    )
    const { deliver, written } = latestBench({
      engine,
      write: () => {
        isDown = true
      },
    })
    await deliver({ id: 'new', subject: 's', time: 2 }, { id: 'old', subject: 's', time: 1 })
    await pass(3_000)
    expect(written).toEqual(['new'])
    expect(engine.count('head')).toBe(1)
    isDown = false
    await pass(3_000)
    expect(written).toEqual(['new'])
    expect(engine.count('head')).toBe(2)
  })

  it('wait for their turn on nobody’s time', async () => {
    const { deliver, written, log, inbox } = latestBench({ write: () => slow(20_000) })
    await deliver(...[1, 2, 3, 4].map((time) => ({ id: `${time}`, subject: 's', time })))
    await pass(90_000)
    expect(written).toEqual(['1', '2', '3', '4'])
    expect(log.where({ level: 'warn' })).toEqual([])
    await expect(inbox.stats()).resolves.toMatchObject({ done: 4 })
  })

  it('get their turn when the one before takes too long', async () => {
    const { deliver, written } = latestBench({ write: ({ id }) => (id === 'a' ? hang() : undefined) })
    await deliver({ id: 'a', subject: 's', time: 1 }, { id: 'b', subject: 's', time: 2 })
    await pass(29_000)
    expect(written).toEqual(['a'])
    await pass(1_100)
    expect(written).toEqual(['a', 'b'])
  })

  it('are given back when the worker stops while they wait', async () => {
    const { deliver, written, worker, inbox } = latestBench({ write: hang })
    await deliver({ id: 'a', subject: 's', time: 1 }, { id: 'b', subject: 's', time: 2 })
    void worker.stop(0)
    await pass()
    expect(written).toEqual(['a'])
    await expect(inbox.events()).resolves.toMatchObject([
      { state: 'waiting', attempts: 0 },
      { state: 'waiting', attempts: 0 },
    ])
  })
})

describe('the newest time handled', () => {
  it('stays what it was when the handler fails', async () => {
    const { deliver, written } = latestBench({
      write: ({ id }, { attempt }) => {
        if (id === 'new' && attempt === 1) throw new Error()
      },
    })
    await deliver({ id: 'new', subject: 's', time: 2 }, { id: 'old', subject: 's', time: 1 })
    expect(written).toEqual(['new', 'old'])
    await pass(2_000)
    expect(written).toEqual(['new', 'old', 'new'])
  })

  it('stays what it was when the process dies between the write and the settlement', async () => {
    const engine = memoryEngine()
    const settle = (isLost: boolean) =>
      engineWith(
        (call, carryOut) =>
          isLost && call.method === 'commit' && settlementsOf(call).length > 0 ? hang() : carryOut(),
        engine,
      )
    const before = latestBench({ engine: settle(true) })
    await before.deliver({ id: 'new', subject: 's', time: 2 })
    await engine.release('press')
    const after = latestBench({ engine: settle(false) })
    await after.deliver({ id: 'old', subject: 's', time: 1 })
    expect(before.written).toEqual(['new'])
    expect(after.written).toEqual(['new'])
    await expect(engine.head('press', 's')).resolves.toBe(2_000)
  })

  it('is not looked at after the time was up: a write that comes too late would not be alone', async () => {
    const { promise, resolve: answer } = Promise.withResolvers<void>()
    const engine: InboxEngine = memoryEngine()
    let isSlow = true
    const watched = engineWith(async ({ method }, carryOut) => {
      if (method === 'head' && isSlow) await promise
      return carryOut()
    }, engine)
    const { deliver, written, inbox } = latestBench({ engine: watched })
    await deliver({ id: 'a', subject: 's', time: 1 })
    await pass(30_100)
    await expect(inbox.events()).resolves.toMatchObject([{ state: 'waiting', error: 'timeout' }])
    isSlow = false
    answer()
    await pass()
    expect(written).toEqual([])
    await pass(1_000)
    expect(written).toEqual(['a'])
  })

  it('that cannot be had fails the attempt, which is made again', async () => {
    let failures = 1
    const engine = engineWith(({ method }, carryOut) =>
      method === 'head' && failures-- > 0 ? Promise.reject(unavailable()) : carryOut(),
    )
    const { deliver, written, inbox } = latestBench({ engine })
    await deliver({ id: 'a', subject: 's', time: 1 })
    expect(written).toEqual([])
    await pass(1_100)
    expect(written).toEqual(['a'])
    await expect(inbox.stats()).resolves.toMatchObject({ done: 1 })
  })
})

describe('a handler around it', () => {
  it('that does not wait for it has not ended before it has', async () => {
    const { deliver, written, inbox } = latestBench({
      write: () => slow(500),
      around: (latest) => (event, context) => void latest(event, context),
    })
    await deliver({ id: 'new', subject: 's', time: 2 })
    await expect(inbox.stats()).resolves.toMatchObject({ running: 1 })
    await deliver({ id: 'old', subject: 's', time: 1 })
    await pass(1_000)
    expect(written).toEqual(['new'])
    await expect(inbox.stats()).resolves.toMatchObject({ done: 2 })
  })

  it('may call it twice, one after the other or one in the other', async () => {
    const again: string[] = []
    const second = latestOnly((event) => void again.push(event.id))
    const { deliver, written, inbox } = latestBench({
      write: (event, context) => second(event, context) as Promise<void>,
      around: (latest) => async (event, context) => {
        await latest(event, context)
        await second(event, context)
      },
    })
    await deliver({ id: 'a', subject: 's', time: 1 })
    expect([written, again]).toEqual([['a'], ['a', 'a']])
    await expect(inbox.stats()).resolves.toMatchObject({ done: 1 })
  })

  it('may catch its failure: then nothing was handled', async () => {
    const { deliver, written, inbox, engine } = latestBench({
      write: () => Promise.reject(new Error()),
      around: (latest) => (event, context) => (latest(event, context) as Promise<void>).catch(() => {}),
    })
    await deliver({ id: 'new', subject: 's', time: 2 }, { id: 'old', subject: 's', time: 1 })
    expect(written).toEqual(['new', 'old'])
    await expect(inbox.stats()).resolves.toMatchObject({ done: 2 })
    await expect(engine.head('press', 's')).resolves.toBeUndefined()
  })

  it('may not keep the order of two subjects in one run: a settlement has one', async () => {
    const other = latestOnly(() => {}, { subject: () => 'other' })
    const { deliver, inbox } = latestBench({
      around: (latest) => async (event, context) => {
        await latest(event, context)
        await other(event, context)
      },
    })
    await deliver({ id: 'a', subject: 's', time: 1 })
    await expect(inbox.events()).resolves.toMatchObject([{ state: 'waiting', error: 'option-invalid' }])
  })

  it('must hand on the context that it got', async () => {
    const { deliver, inbox } = latestBench({
      around: (latest) => (event, context) => latest(event, { ...context }),
    })
    await deliver({ id: 'a', subject: 's', time: 1 })
    await expect(inbox.events()).resolves.toMatchObject([{ error: 'option-invalid' }])
  })

  it('must not call it when its run has ended', async () => {
    let late: Promise<unknown> | undefined
    let context: HandlerContext | undefined
    const { deliver, written } = latestBench({
      around: (latest) => (event, given) => {
        if (event.id === 'b')
          late = (latest(event, context ?? given) as Promise<void>).catch((error) => error.code)
        context = given
      },
    })
    await deliver(
      { id: 'a', subject: 's', time: 1 },
      { id: 'b', subject: 's', time: 2 },
      { id: 'c', subject: 's', time: 2 },
    )
    await expect(late).resolves.toBe('option-invalid')
    expect(written).toEqual([])
  })
})
