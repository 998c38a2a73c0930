import type { AttemptScope, Claim, DeadLetter } from '@kyc-webhooks/core'
import { expect } from 'vitest'
import type { InboxCase } from './inbox-case.ts'
import { event } from './inbox-samples.ts'
import { arriving, nameOf, onInbox, sleep, untilStats, workOf } from './inbox-work.ts'

/** What core's workers promise on any engine. */
export const workCases: readonly InboxCase[] = [
  onInbox('hands each event to the handler once, with what came with it', async (inbox) => {
    const claims: Claim[] = []
    inbox.work(workOf(async (claim) => void claims.push(claim)))
    const delivery = arriving('a', { events: [event('1'), { ...event('2'), unsigned: ['time'] }] })
    await Promise.all([inbox.record(delivery), inbox.record(delivery)])
    await untilStats(inbox, { done: 2 })
    expect(claims.toSorted((a, b) => a.seq - b.seq)).toMatchObject([
      { attempt: 1, crashes: 0, json: event('1').json, unsigned: [], context: delivery.context },
      { attempt: 1, crashes: 0, json: event('2').json, unsigned: ['time'], context: delivery.context },
    ])
  }),

  onInbox('hands over what was recorded before there was a handler', async (inbox) => {
    await inbox.record(arriving('a'))
    inbox.work(workOf(async () => {}))
    await untilStats(inbox, { done: 1 })
  }),

  onInbox('keeps the events of receivers apart', async (inbox) => {
    const seen: string[] = []
    inbox.work(workOf(async (claim) => void seen.push(`press ${nameOf(claim)}`)))
    inbox.work(workOf(async (claim) => void seen.push(`uip ${nameOf(claim)}`), { receiver: 'uip' }))
    await Promise.all([inbox.record(arriving('a')), inbox.record(arriving('b', { receiver: 'uip' }))])
    await untilStats(inbox, { done: 2 })
    expect(seen.toSorted()).toEqual(['press a', 'uip b'])
  }),

  onInbox('tries a failed event again until it succeeds', async (inbox) => {
    const attempts: number[] = []
    inbox.work(
      workOf(async ({ attempt }) => {
        attempts.push(attempt)
        if (attempt < 3) throw new TypeError('with personal data')
      }),
    )
    await inbox.record(arriving('a'))
    await untilStats(inbox, { done: 1 })
    expect(attempts).toEqual([1, 2, 3])
  }),

  onInbox('makes a dead letter of an event whose attempts ran out, until it is retried', async (inbox) => {
    const letters: DeadLetter[] = []
    const attempts: number[] = []
    let repaired = false
    const run = async ({ attempt }: Claim) => {
      attempts.push(attempt)
      if (!repaired) throw new TypeError('with personal data')
    }
    inbox.work(workOf(run, { onDeadLetter: (letter) => letters.push(letter) }))
    await inbox.record(arriving('a'))
    await untilStats(inbox, { dead: 1 })
    const [dead] = await inbox.events({ state: 'dead' })
    expect(dead).toMatchObject({ attempts: 3, error: 'TypeError' })
    await expect
      .poll(() => letters)
      .toEqual([
        {
          seq: dead?.seq,
          receiver: 'press',
          attempts: 3,
          crashes: 0,
          error: 'TypeError',
          json: event('a').json,
        },
      ])
    repaired = true
    expect(await inbox.retry([dead?.seq ?? 0])).toBe(1)
    await untilStats(inbox, { done: 1, dead: 0 })
    expect(attempts).toEqual([1, 2, 3, 1])
  }),

  onInbox('runs as many attempts at once as asked, and no more', async (inbox) => {
    const { promise: asMany, resolve: reached } = Promise.withResolvers<void>()
    let running = 0
    let most = 0
    const run = async () => {
      most = Math.max(most, ++running)
      if (running === 3) reached()
      // Nobody leaves before there are as many; then more would show.
      await Promise.race([asMany, sleep(2_000)])
      await sleep(5)
      running--
    }
    inbox.work(workOf(run, { concurrency: 3 }))
    await Promise.all(Array.from({ length: 30 }, (_, index) => inbox.record(arriving(`${index}`))))
    await untilStats(inbox, { done: 30 })
    expect(most).toBe(3)
  }),

  onInbox('fails an attempt that takes too long, and tells it so', async (inbox) => {
    const signals: AbortSignal[] = []
    const run = async ({ attempt }: Claim, { signal }: AttemptScope) => {
      signals.push(signal)
      if (attempt === 1) await new Promise(() => {})
    }
    inbox.work(workOf(run, { timeoutMs: 20 }))
    await inbox.record(arriving('a'))
    await untilStats(inbox, { done: 1 })
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false])
  }),

  onInbox('waits for attempts in hand when it stops, and starts no more', async (inbox) => {
    const { promise: finished, resolve: finish } = Promise.withResolvers<void>()
    const { promise: started, resolve: start } = Promise.withResolvers<void>()
    const run = async () => {
      start()
      await finished
    }
    const worker = inbox.work(workOf(run, { concurrency: 1 }))
    await Promise.all([inbox.record(arriving('a')), inbox.record(arriving('b'))])
    await started
    const stopped = worker.stop(10_000)
    await sleep(20)
    finish()
    await stopped
    expect(await inbox.stats()).toMatchObject({ done: 1, waiting: 1, running: 0 })
  }),

  onInbox('gives back what is not finished when it stops, without counting the attempt', async (inbox) => {
    const attempts: number[] = []
    const { promise: started, resolve: start } = Promise.withResolvers<void>()
    const hanging = async ({ attempt }: Claim, { signal }: AttemptScope) => {
      attempts.push(attempt)
      start()
      await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
    }
    const worker = inbox.work(workOf(hanging))
    await inbox.record(arriving('a'))
    await started
    await worker.stop(10)
    expect(await inbox.events()).toMatchObject([{ state: 'waiting', attempts: 0, crashes: 0 }])
    inbox.work(workOf(async ({ attempt }) => void attempts.push(attempt)))
    await untilStats(inbox, { done: 1 })
    expect(attempts).toEqual([1, 1])
  }),

  onInbox('has one worker for each receiver', async (inbox) => {
    const worker = inbox.work(workOf(async () => {}))
    expect(() => inbox.work(workOf(async () => {}))).toThrow(
      expect.objectContaining({ code: 'receiver-name-taken' }),
    )
    await worker.stop(1_000)
    inbox.work(workOf(async () => {}))
  }),

  onInbox('lets the latest of a subject win, one write at a time', async (inbox) => {
    const written: string[] = []
    let writing = 0
    const run = async (claim: Claim, { latest }: AttemptScope) => {
      const [subject = '', time = '', equalTimes] = nameOf(claim).split(' ')
      await latest(subject, Number(time), equalTimes === 'skip' ? 'skip' : 'apply', async () => {
        expect(++writing).toBe(1)
        await sleep(2)
        writing--
        written.push(nameOf(claim))
      })
    }
    inbox.work(workOf(run))
    const names = ['anna 5', 'anna 3', 'anna 5', 'anna 5 skip', 'anna 9', 'anna 8']
    for (const [index, name] of names.entries()) {
      await inbox.record(arriving(`${index}`, { events: [event(name)] }))
      await untilStats(inbox, { done: index + 1 })
    }
    expect(written).toEqual(['anna 5', 'anna 5', 'anna 9'])
    const many = Array.from({ length: 20 }, (_, index) => `ben ${index}`)
    await Promise.all(many.map((name) => inbox.record(arriving(name, { events: [event(name)] }))))
    await untilStats(inbox, { done: names.length + 20 })
    expect(written.at(-1)).toBe('ben 19')
  }),
]
