import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, it, vi } from 'vitest'
import { GroupCommit, type GroupCommitLimits } from '../../src/inbox/group-commit.ts'
import type { Receipt, Settlement } from '../../src/inbox/port.ts'
import { type Around, engineWith, hang, receiptOf, unavailable } from './support.ts'

/** A commit that waits to be let through. */
interface Gate {
  receipts: readonly Receipt[]
  settlements: readonly Settlement[]
  open: () => void
}

const plenty: GroupCommitLimits = { maxQueued: 1_000_000, maxQueuedBytes: 1_000_000_000 }

function committing(around?: Around, limits: GroupCommitLimits = plenty) {
  const engine = engineWith(around)
  const recorded: string[] = []
  const commits = new GroupCommit(engine, limits, (receiver) => recorded.push(receiver))
  const record = (name: string, over?: Partial<Receipt>) => commits.record(receiptOf(name, over))
  const recordAll = (names: readonly string[]) => Promise.all(names.map((name) => record(name)))
  return { engine, commits, record, recordAll, recorded }
}

/** Commits that wait until they are let through, one by one. */
function gated(limits?: GroupCommitLimits) {
  const gates: Gate[] = []
  const around: Around = async ({ args }, carryOut) => {
    const { promise, resolve: open } = Promise.withResolvers<void>()
    const [receipts, settlements] = args as [Receipt[], Settlement[]]
    gates.push({ receipts, settlements, open })
    await promise
    return carryOut()
  }
  const begun = (commit: number) => vi.waitUntil(() => gates[commit - 1], { interval: 1 })
  return { gates, begun, ...committing(around, limits) }
}

const settlement = (seq: number) => ({ seq, attempt: 1, result: 'done', at: 0 }) as const
const names = (count: number) => Array.from({ length: count }, (_, index) => `delivery ${index}`)
const code = (promise: Promise<unknown>) =>
  promise.then(
    () => 'none',
    (error) => error.code,
  )

describe('a batch', () => {
  it('gathers while a commit is in flight, of which there is one', async () => {
    const { gates, begun, record, recordAll } = gated()
    const first = record('a')
    const { open } = await begun(1)
    const others = recordAll(['b', 'c'])
    await turn()
    expect(gates).toHaveLength(1)
    open()
    await expect(first).resolves.toBe('recorded')
    const second = await begun(2)
    expect(second.receipts).toHaveLength(2)
    second.open()
    await expect(others).resolves.toEqual(['recorded', 'recorded'])
  })

  it('holds what arrived in one turn of the event loop', async () => {
    const { engine, record, recordAll } = committing()
    const later = Promise.resolve().then(() => record('b'))
    await Promise.all([recordAll(['a', 'c']), later])
    expect(engine.calls).toHaveLength(1)
  })

  it('has at most 256 receipts and as many settlements, in order of arrival', async () => {
    const { gates, begun, commits, recordAll } = gated()
    const done = recordAll(names(600))
    const settled = Promise.all(names(300).map((_, seq) => commits.settle(settlement(seq))))
    for (const number of [1, 2, 3]) {
      const commit = await begun(number)
      commit.open()
    }
    await Promise.all([done, settled])
    expect(gates.map(({ receipts, settlements }) => [receipts.length, settlements.length])).toEqual([
      [256, 256],
      [256, 44],
      [88, 0],
    ])
    const expected = names(600).map((name) => receiptOf(name).key)
    const batches = gates.map(({ receipts }) => receipts.map(({ key }) => key))
    expect(batches.flat().toSorted()).toEqual(expected.toSorted())
    expect(batches[0]).toEqual(expected.slice(0, 256).toSorted())
  })

  it('is sorted by key and has each key once', async () => {
    const { begun, recordAll, record } = gated()
    const done = [recordAll(names(50)), recordAll(names(50)), record('unkeyed', { key: undefined })]
    const { receipts, open } = await begun(1)
    const keys = receipts.flatMap(({ key }) => key ?? [])
    expect(keys).toEqual([...new Set(keys)].sort())
    expect(keys).toHaveLength(50)
    open()
    await Promise.all(done)
  })
})

describe('the same delivery several times', () => {
  it('is committed once: the first is recorded, the others are duplicates', async () => {
    const { engine, recordAll, recorded } = committing()
    await expect(recordAll(['a', 'a', 'b', 'a'])).resolves.toEqual([
      'recorded',
      'duplicate',
      'recorded',
      'duplicate',
    ])
    expect(engine.calls[0]?.args[0]).toHaveLength(2)
    expect(recorded).toEqual(['press', 'press'])
    await expect(engine.stats()).resolves.toMatchObject({ waiting: 2 })
  })

  it('is no duplicate without a key', async () => {
    const { engine, record } = committing()
    const unkeyed = () => record('a', { key: undefined })
    await expect(Promise.all([unkeyed(), unkeyed()])).resolves.toEqual(['recorded', 'recorded'])
    expect(engine.calls).toHaveLength(1)
  })

  it.each([
    ['other bytes', { body: Buffer.from('other') }, 'conflict'],
    [
      'another nonce',
      { nonce: { key: 'n2', expiresAt: Number.MAX_SAFE_INTEGER, strict: false } },
      'duplicate',
    ],
  ] as const)('with %s goes to a later batch', async (_, over, outcome) => {
    const { engine, record } = committing()
    const nonce = { key: 'n1', expiresAt: Number.MAX_SAFE_INTEGER, strict: false }
    const outcomes = Promise.all([record('a', { nonce }), record('a', { nonce, ...over }), record('b')])
    await expect(outcomes).resolves.toEqual(['recorded', outcome, 'recorded'])
    expect(engine.calls).toHaveLength(2)
  })

  it('with a strict nonce is refused like one that comes later', async () => {
    const { record } = committing()
    const nonce = { key: 'n1', expiresAt: Number.MAX_SAFE_INTEGER, strict: true }
    const outcomes = Promise.all([record('a', { nonce }), record('a', { nonce })])
    await expect(outcomes).resolves.toEqual(['recorded', 'nonce-reused'])
  })

  it.each(['conflict', 'duplicate', 'quarantined'] as const)('gets one outcome: %s', async (outcome) => {
    const { record, recordAll } = committing(async ({ args }, carryOut) => {
      await carryOut()
      return (args[0] as Receipt[]).map(() => outcome)
    })
    await expect(recordAll(['a', 'a'])).resolves.toEqual([outcome, outcome])
    await expect(record('a')).resolves.toBe(outcome)
  })
})

describe('a failed commit', () => {
  const poisoned: Around = async ({ args }, carryOut) => {
    if ((args[0] as Receipt[]).some(({ body }) => body.length === 13)) throw new RangeError('too unlucky')
    return carryOut()
  }
  const poison = { body: new Uint8Array(13) }

  it('is split: one bad receipt does not fail the others, nor the settlements', async () => {
    const { engine, commits, record, recordAll } = committing(poisoned)
    const good = recordAll(names(255))
    const bad = record('bad', poison)
    const settled = commits.settle(settlement(1))
    await expect(bad).rejects.toMatchObject({ code: 'inbox-unavailable', cause: expect.any(RangeError) })
    await expect(settled).resolves.toBeUndefined()
    expect(await good).toEqual(names(255).map(() => 'recorded'))
    expect(engine.calls.length).toBeLessThan(25)
  })

  it('is split down to each when all are bad, and the next batch is not touched', async () => {
    const { record, recordAll } = committing(poisoned)
    const bad = names(5).map((name) => code(record(name, poison)))
    await expect(Promise.all(bad)).resolves.toEqual(Array(5).fill('inbox-unavailable'))
    await expect(recordAll(['good'])).resolves.toEqual(['recorded'])
  })

  it('fails all at once when the store is unavailable', async () => {
    const { engine, commits, record } = committing(async () => {
      throw unavailable()
    })
    const all = [
      ...names(40).map((name) => record(name)),
      record('delivery 1'),
      commits.settle(settlement(1)),
    ]
    await expect(Promise.all(all.map(code))).resolves.toEqual(Array(42).fill('inbox-unavailable'))
    expect(engine.calls).toHaveLength(1)
  })

  it('whose answer was lost makes the repetition a duplicate', async () => {
    let isLost = true
    const { record } = committing(async (_, carryOut) => {
      const outcomes = await carryOut()
      if (!isLost) return outcomes
      isLost = false
      throw unavailable()
    })
    await expect(record('a')).rejects.toMatchObject({ code: 'inbox-unavailable' })
    await expect(record('a')).resolves.toBe('duplicate')
  })

  it.each([
    [
      'an error of ours with another code',
      Object.assign(new Error('x'), { code: 'SQLITE_FULL' }),
      'SQLITE_FULL',
    ],
    ['nothing', undefined, 'undefined'],
  ])('that throws %s is unavailability, and says so', async (_, thrown, named) => {
    const { record } = committing(() => Promise.reject(thrown))
    await expect(record('a')).rejects.toMatchObject({
      code: 'inbox-unavailable',
      message: expect.stringContaining(named),
    })
  })

  it('is one that says too little: no receipt is safe by omission', async () => {
    const { record } = committing(async () => ['recorded'])
    const outcomes = [record('a'), record('b')].map((promise) => promise.catch((error) => error.code))
    expect((await Promise.all(outcomes)).sort()).toEqual(['inbox-unavailable', 'recorded'])
  })
})

describe('the queue', () => {
  it('is full at its count, those in flight among them, until there are outcomes', async () => {
    const { begun, record, recordAll } = gated({ maxQueued: 3, maxQueuedBytes: 1_000 })
    const first = record('a')
    const { open } = await begun(1)
    const rest = recordAll(['b', 'b'])
    await expect(record('c')).rejects.toMatchObject({ code: 'inbox-full' })
    open()
    await first
    const c = record('c')
    const second = await begun(2)
    second.open()
    await expect(Promise.all([rest, c])).resolves.toEqual([['recorded', 'duplicate'], 'recorded'])
  })

  it('is full at its bytes; a single one that is larger passes alone', async () => {
    const { begun, record } = gated({ maxQueued: 100, maxQueuedBytes: 10 })
    const large = record('large', { body: new Uint8Array(50) })
    await expect(record('a')).rejects.toMatchObject({ code: 'inbox-full' })
    const first = await begun(1)
    first.open()
    await large
    const fits = [record('b', { body: new Uint8Array(4) }), record('c', { body: new Uint8Array(6) })]
    await expect(record('d')).rejects.toMatchObject({ code: 'inbox-full' })
    const second = await begun(2)
    second.open()
    await expect(Promise.all(fits)).resolves.toEqual(['recorded', 'recorded'])
  })

  it('is empty again after failures', async () => {
    const limits = { maxQueued: 2, maxQueuedBytes: 4 }
    const { record } = committing(() => Promise.reject(unavailable()), limits)
    for (let round = 0; round < 3; round++) {
      const codes = Promise.all([code(record('aa')), code(record('bb')), code(record('cc'))])
      await expect(codes).resolves.toEqual(['inbox-unavailable', 'inbox-unavailable', 'inbox-full'])
    }
  })

  it('fills and turns away while the store hangs, and nothing else happens', async () => {
    const { engine, record } = committing(hang, { maxQueued: 10, maxQueuedBytes: 1_000 })
    const taken = names(10).map((name) => record(name))
    await turn()
    const refused = await Promise.all(names(100).map((name) => code(record(`${name} again`))))
    expect(new Set(refused)).toEqual(new Set(['inbox-full']))
    expect(engine.calls).toHaveLength(1)
    await expect(Promise.race([...taken, turn('still waiting')])).resolves.toBe('still waiting')
  })
})
