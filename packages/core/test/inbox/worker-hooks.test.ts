import { describe, expect, it } from 'vitest'
import { bench, pass, receiptOf, retry } from './support.ts'

const failing = () => Promise.reject(new TypeError('personal data'))

describe('hooks that fail', () => {
  it.each([
    [
      'throws',
      () => {
        throw new Error('personal data')
      },
    ],
    ['rejects', () => Promise.reject(new Error('personal data'))],
  ])('onDeadLetter that %s is told once, and the worker goes on', async (_, fail) => {
    let told = 0
    const onDeadLetter = () => {
      told++
      return fail()
    }
    const { inbox, started, log } = bench({ run: failing, retry: { ...retry, attempts: 1 }, onDeadLetter })
    void inbox.record(receiptOf('a'))
    await pass(2_000)
    void inbox.record(receiptOf('b'))
    await pass(2_000)
    expect([started, told]).toEqual([['a', 'b'], 2])
    expect(log.where({ message: 'onDeadLetter failed', error: 'Error' })).toHaveLength(2)
    expect(JSON.stringify(log.lines)).not.toContain('personal')
  })

  it('onAttempt that throws', async () => {
    const outcomes: string[] = []
    const { inbox } = bench({
      onAttempt: (durationMs, outcome) => {
        outcomes.push(outcome)
        expect(durationMs).toBeGreaterThanOrEqual(0)
        throw new Error()
      },
      run: ({ attempt }) => (attempt === 1 ? failing() : Promise.resolve()),
    })
    void inbox.record(receiptOf('a'))
    await pass(2_000)
    expect(outcomes).toEqual(['retry', 'done'])
    await expect(inbox.stats()).resolves.toMatchObject({ done: 1 })
  })

  it('a logger that throws', async () => {
    const { inbox, log, started } = bench({
      run: ({ attempt }) => (attempt === 1 ? failing() : Promise.resolve()),
    })
    log.warn = () => {
      throw new Error()
    }
    void inbox.record(receiptOf('a'))
    await pass(2_000)
    expect(started).toEqual(['a', 'a'])
    await expect(inbox.stats()).resolves.toMatchObject({ done: 1 })
  })
})
