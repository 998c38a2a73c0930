import { describe, expect, it } from 'vitest'
import type { Work } from '../../src/inbox/inbox.ts'
import { bench, hang, nameOf, pass, receiptOf, retry } from './support.ts'

const failing = () => Promise.reject(new TypeError('personal data'))

describe('a handler that fails', () => {
  it('runs again after the delays of the policy, and its success settles the event', async () => {
    const times: number[] = []
    const attempts: number[] = []
    const { inbox, log } = bench({
      run: async ({ attempt }) => {
        times.push(Date.now())
        attempts.push(attempt)
        if (attempt < 3) throw new TypeError('personal data')
      },
    })
    const startedAt = Date.now()
    void inbox.record(receiptOf('a'))
    await pass(1)
    await expect(inbox.events()).resolves.toMatchObject([
      { state: 'waiting', error: 'TypeError', attempts: 1 },
    ])
    await pass(10_000)
    expect(attempts).toEqual([1, 2, 3])
    expect(times.map((time) => time - startedAt)).toEqual([0, 1_000, 4_000])
    await expect(inbox.stats()).resolves.toMatchObject({ done: 1 })
    expect(log.where({ level: 'warn', retryInMs: 1_000, error: 'TypeError' })).toHaveLength(1)
    expect(JSON.stringify(log.lines)).not.toContain('personal')
  })

  it('runs again on time, not only when the worker looks anyway', async () => {
    const times: number[] = []
    const { inbox } = bench({
      retry: { ...retry, firstDelayMs: 130, factor: 1 },
      run: async () => {
        times.push(Date.now())
        throw new Error()
      },
    })
    void inbox.record(receiptOf('a'))
    await pass(1_000)
    const [first = 0, second = 0, third = 0] = times
    expect([second - first, third - second]).toEqual([130, 130])
  })

  it('runs again at once when the policy says so, and not for ever', async () => {
    const { started, letters, inbox } = bench({ run: failing, retry: { ...retry, firstDelayMs: 0 } })
    void inbox.record(receiptOf('a'))
    await pass(10)
    expect(started).toEqual(['a', 'a', 'a'])
    expect(letters).toHaveLength(1)
  })

  it('does not hold up the others', async () => {
    const { inbox, started } = bench({
      concurrency: 1,
      run: (claim) => (nameOf(claim) === 'bad' ? failing() : Promise.resolve()),
    })
    for (const name of ['bad', 'a', 'b']) void inbox.record(receiptOf(name))
    await pass(10)
    expect([...started].sort()).toEqual(['a', 'b', 'bad'])
  })

  it('for the last time makes a dead letter, told once', async () => {
    const { inbox, letters, log } = bench({ run: failing })
    void inbox.record(receiptOf('a'))
    await pass(60_000)
    expect(letters).toEqual([
      {
        seq: 1,
        receiver: 'press',
        attempts: 3,
        crashes: 0,
        error: 'TypeError',
        json: JSON.stringify({ name: 'a' }),
      },
    ])
    await expect(inbox.events({ state: 'dead' })).resolves.toMatchObject([{ error: 'TypeError' }])
    expect(log.where({ level: 'error', seq: 1 })).toHaveLength(1)
  })

  const hostile = new Proxy(new Error(), {
    get: () => {
      throw new Error('no look')
    },
    getPrototypeOf: () => {
      throw new Error('no look')
    },
  })
  it.each([
    ['undefined', undefined, 'undefined'],
    ['null', null, 'object'],
    ['a string', 'personal data', 'string'],
    ['a symbol', Symbol('x'), 'symbol'],
    ['a function', () => {}, 'function'],
    ['an error with a code', Object.assign(new Error(), { code: 'ECONNREFUSED' }), 'ECONNREFUSED'],
    ['an error with a sentence for a name', Object.assign(new Error(), { name: 'Jane Doe failed' }), 'Error'],
    ['an error called like one of ours', Object.assign(new Error(), { name: 'crashed' }), 'crashed'],
    ['an error that cannot be read', hostile, 'Error'],
  ])('by throwing %s fails like any other', async (_, thrown, error) => {
    const { inbox, started } = bench({ run: () => Promise.reject(thrown) })
    void inbox.record(receiptOf('a'))
    await pass(10)
    await expect(inbox.events()).resolves.toMatchObject([{ state: 'waiting', error }])
    await pass(1_000)
    expect(started).toHaveLength(2)
  })
})

describe('a handler of another kind', () => {
  it.each<[string, () => unknown, 'done' | 'waiting']>([
    ['returns a number', () => 1, 'done'],
    ['returns a function', () => () => {}, 'done'],
    ['throws at once', () => JSON.parse('{'), 'waiting'],
    ['resolves, then rejects', () => new Promise<void>((resolve, reject) => [resolve(), reject()]), 'done'],
    [
      'rejects, then resolves',
      () => new Promise<void>((resolve, reject) => [reject(), resolve()]),
      'waiting',
    ],
  ])('that %s', async (_, run, state) => {
    const { inbox } = bench({ run: run as Work['run'] })
    void inbox.record(receiptOf('a'))
    await pass(10)
    await expect(inbox.events()).resolves.toMatchObject([{ state }])
  })
})

describe('a handler that takes too long', () => {
  it.each(['resolves', 'rejects'])(
    'is told to stop, has failed, and changes nothing when it %s late',
    async (how) => {
      const reasons: string[] = []
      const ends: (() => void)[] = []
      const { inbox, started } = bench({
        run: (_, { signal }) =>
          new Promise((resolve, reject) => {
            signal.addEventListener('abort', () => reasons.push(signal.reason.name))
            ends.push(how === 'resolves' ? resolve : () => reject(new Error('late')))
          }),
      })
      void inbox.record(receiptOf('a'))
      await pass(29_999)
      expect(reasons).toEqual([])
      await pass(2)
      expect(reasons).toEqual(['timeout'])
      await expect(inbox.events()).resolves.toMatchObject([
        { state: 'waiting', error: 'timeout', attempts: 1 },
      ])
      ends[0]?.()
      await pass(10)
      await expect(inbox.events()).resolves.toMatchObject([{ state: 'waiting', attempts: 1 }])
      await pass(1_000)
      expect(started).toHaveLength(2)
      ends[0]?.()
      await pass(10)
      await expect(inbox.events()).resolves.toMatchObject([{ state: 'running', attempts: 2 }])
      ends[1]?.()
      await pass(10)
      await expect(inbox.events()).resolves.toMatchObject([
        { state: how === 'resolves' ? 'done' : 'waiting' },
      ])
    },
  )

  it('is one that has not ended: the signal of one that has stays as it is', async () => {
    let ended: AbortSignal | undefined
    const { inbox } = bench({
      run: async (_, { signal }) => {
        ended = signal
      },
    })
    void inbox.record(receiptOf('a'))
    await pass(60_000)
    expect(ended?.aborted).toBe(false)
  })

  it('keeps its place no longer than that', async () => {
    const { inbox, started } = bench({
      concurrency: 1,
      run: (claim) => (nameOf(claim) === 'a' ? hang() : Promise.resolve()),
    })
    void inbox.record(receiptOf('a'))
    await pass(10)
    void inbox.record(receiptOf('b'))
    await pass(29_000)
    expect(started).toEqual(['a'])
    await pass(1_000)
    expect(started).toEqual(['a', 'b'])
  })
})
