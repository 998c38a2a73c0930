import { describe, expect, it } from 'vitest'
import type { HandlerContext, KycEvent } from '../src/event.ts'
import { headKey } from '../src/inbox/head-key.ts'
import { latestOnly } from '../src/latest-only.ts'
import { latestWorker } from './inbox/latest-worker.ts'
import { pass, receiptOf, sleep } from './inbox/support.ts'

describe('an event of a subject', () => {
  it('is written unless a later one was handled before; either way it is settled', async () => {
    const { deliver, written, inbox } = latestWorker()
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
    const { deliver, written } = latestWorker({ options })
    await deliver({ id: 'a', subject: 's', time: 1 }, { id: 'b', subject: 's', time: 1 })
    expect(written).toEqual(expected)
  })

  it('without a time is written, always, and leaves no trace', async () => {
    const { deliver, written } = latestWorker()
    const timeless = [
      { id: 'a', subject: 's' },
      { id: 'b', subject: 's' },
    ]
    await deliver({ id: 'new', subject: 's', time: 9 }, ...timeless, { id: 'old', subject: 's', time: 1 })
    expect(written).toEqual(['new', 'a', 'b'])
  })

  it('without a subject is written, always', async () => {
    const { deliver, written } = latestWorker()
    await deliver({ id: 'a', time: 2 }, { id: 'b', time: 1 }, { id: 'c' })
    expect(written).toEqual(['a', 'b', 'c'])
  })

  it('is told from those of other subjects, and of other handlers with `subject`', async () => {
    const { deliver, written } = latestWorker({ options: { subject: (event) => event.id.slice(0, 1) } })
    await deliver(
      { id: 'a2', subject: 's', time: 2 },
      { id: 'b1', subject: 's', time: 1 },
      { id: 'a1', subject: 's', time: 1 },
    )
    expect(written).toEqual(['a2', 'b1'])
  })

  it('is compared in time, not in text', async () => {
    const { inbox, written } = latestWorker()
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

describe('a handler around it', () => {
  it('that does not wait for it has not ended before it has', async () => {
    const { deliver, written, inbox } = latestWorker({
      write: () => sleep(500),
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
    const { deliver, written, inbox } = latestWorker({
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
    const { deliver, written, inbox, engine } = latestWorker({
      write: () => Promise.reject(new Error()),
      around: (latest) => (event, context) => (latest(event, context) as Promise<void>).catch(() => {}),
    })
    await deliver({ id: 'new', subject: 's', time: 2 }, { id: 'old', subject: 's', time: 1 })
    expect(written).toEqual(['new', 'old'])
    await expect(inbox.stats()).resolves.toMatchObject({ done: 2 })
    await expect(engine.head([headKey('press', 's')])).resolves.toBeUndefined()
  })

  it('may not keep the order of two subjects in one run: a settlement has one', async () => {
    const other = latestOnly(() => {}, { subject: () => 'other' })
    const { deliver, inbox } = latestWorker({
      around: (latest) => async (event, context) => {
        await latest(event, context)
        await other(event, context)
      },
    })
    await deliver({ id: 'a', subject: 's', time: 1 })
    await expect(inbox.events()).resolves.toMatchObject([{ state: 'waiting', error: 'option-invalid' }])
  })

  it('must hand on the context that it got', async () => {
    const { deliver, inbox } = latestWorker({
      around: (latest) => (event, context) => latest(event, { ...context }),
    })
    await deliver({ id: 'a', subject: 's', time: 1 })
    await expect(inbox.events()).resolves.toMatchObject([{ error: 'option-invalid' }])
  })

  it('must not call it when its run has ended', async () => {
    let late: Promise<unknown> | undefined
    let context: HandlerContext | undefined
    const { deliver, written } = latestWorker({
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

it('an event whose time came in an unsigned header is applied, and puts nothing aside', async () => {
  const run: string[] = []
  const handler = latestOnly((event: KycEvent) => void run.push(event.id))
  const event = { specversion: '1.0', id: 'forged', source: 's', type: 't', subject: 's' } as KycEvent
  const context: HandlerContext = {
    ...{ signal: new AbortController().signal, attempt: 1, delivery: { receivedAt: '' } },
    unsigned: ['type', 'time'],
  }
  // It has no scope to compare in: asking for one would throw.
  await handler({ ...event, time: '2999-01-01T00:00:00Z' }, context)
  expect(run).toEqual(['forged'])
})
