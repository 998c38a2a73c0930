import { describe, expect, it, onTestFinished } from 'vitest'
import { createInbox } from '../../src/inbox/create-inbox.ts'
import type { Inbox } from '../../src/inbox/inbox.ts'
import { memoryEngine } from '../../src/inbox/memory-engine.ts'
import { moveInbox } from '../../src/inbox/move-inbox.ts'
import type { InboxEngine, Move, MoveCounts, MovedRows } from '../../src/inbox/port.ts'
import { memoryInbox } from '../../src/memory-inbox.ts'
import { receiptOf } from './samples.ts'
import { type Around, codeOf, engineWith, type Method, unavailable } from './support.ts'

const NAMES = Array.from({ length: 250 }, (_, index) => `delivery ${index}`)
const MOVED = { keys: 250, nonces: 0, heads: 0, deliveries: 250, events: 250, quarantined: 1 }

function open(inbox: Inbox): Inbox {
  onTestFinished(() => inbox.close())
  return inbox
}

async function filled(inbox: Inbox = memoryInbox()): Promise<Inbox> {
  open(inbox)
  await Promise.all(NAMES.map((name) => inbox.record(receiptOf(name))))
  await inbox.record(receiptOf('bad', { events: [], quarantine: 'body-unusable' }))
  return inbox
}

describe('a move', () => {
  it('takes everything to the other inbox and closes the first', async () => {
    const [from, to] = [await filled(), open(memoryInbox())]
    const before = await from.events({ limit: 1_000 })
    expect(await moveInbox(from, to)).toEqual(MOVED)
    expect(await to.events({ limit: 1_000 })).toEqual(before)
    expect(await to.record(receiptOf('delivery 7'))).toBe('duplicate')
    expect(await to.record(receiptOf('new'))).toBe('recorded')
    await expect(from.record(receiptOf('late'))).rejects.toMatchObject({
      code: 'inbox-unavailable',
      message: expect.stringContaining('moved away: to memory'),
    })
  })

  it('tells how far it is', async () => {
    const told: [MoveCounts, MoveCounts][] = []
    const onProgress = (...counts: [MoveCounts, MoveCounts]) => void told.push(counts)
    await moveInbox(await filled(), open(memoryInbox()), { onProgress })
    const deliveries = told.map(([{ deliveries }]) => deliveries)
    expect(deliveries).toEqual(deliveries.toSorted((a, b) => a - b))
    expect(new Set(deliveries).size).toBeGreaterThan(2)
    expect(told.at(-1)).toEqual([MOVED, MOVED])
    expect(told.every(([, all]) => all === told[0]?.[1])).toBe(true)
  })

  it('of an inbox that a worker of this process runs is refused, in either role', async () => {
    const inbox = open(memoryInbox())
    const worker = inbox.work({
      ...{ receiver: 'press', run: async () => {}, concurrency: 1, timeoutMs: 1_000, keepHandledMs: 0 },
      retry: { attempts: 1, firstDelayMs: 1, factor: 1, maxDelayMs: 1, crashes: 1 },
      ...{ logger: console, now: Date.now, random: Math.random },
    })
    for (const [from, to] of [
      [inbox, memoryInbox()],
      [memoryInbox(), inbox],
    ] as const) {
      await expect(moveInbox(from, to)).rejects.toMatchObject({
        code: 'inbox-in-use',
        message: expect.stringContaining('press'),
      })
    }
    await worker.stop(0)
    await moveInbox(inbox, open(memoryInbox()))
  })

  it('from what is durable to what is not is refused', async () => {
    const from = open(createInbox({ ...memoryEngine(), durable: true }))
    expect(await codeOf(moveInbox(from, open(memoryInbox())))).toBe('option-invalid')
    expect(await from.record(receiptOf('a'))).toBe('recorded')
  })

  it('of a closed inbox is refused', async () => {
    const closed = memoryInbox()
    await closed.close()
    expect(await codeOf(moveInbox(closed, open(memoryInbox())))).toBe('inbox-unavailable')
  })

  it('closes inboxes that nothing else has opened', async () => {
    const engines = [engineWith(), engineWith()]
    const [from, to] = engines.map((engine) => createInbox(engine))
    if (from === undefined || to === undefined) throw new Error('two inboxes')
    await moveInbox(from, to)
    await Promise.all([from.close(), to.close()])
    expect(engines.map((engine) => engine.count('close'))).toEqual([1, 1])
  })
})

/** A source that hands over something else than it says, or a target that takes over less. */
const DISHONEST: Record<
  string,
  Partial<Record<'source' | 'target', (good: InboxEngine) => Partial<InboxEngine>>>
> = {
  'a source that gives too little': {
    source: giving(async function* ({ rows }) {
      for await (const { deliveries: _, ...some } of rows) yield some
    }),
  },
  'a source that gives something twice': {
    source: giving(async function* ({ rows }) {
      for await (const some of rows) yield* [some, some]
    }),
  },
  'a target that stops half-way': {
    target: (good) => ({
      async takeOver({ rows, ...move }) {
        const first = async function* (): AsyncGenerator<MovedRows> {
          for await (const some of rows) {
            yield some
            return
          }
        }
        await good.takeOver({ ...move, rows: first() })
      },
    }),
  },
  'a target that takes nothing': { target: () => ({ async takeOver() {} }) },
}

function giving(change: (move: Move) => Move['rows']): (good: InboxEngine) => Partial<InboxEngine> {
  return (good) => ({
    handOver: (to, take) => good.handOver(to, (move) => take({ ...move, rows: change(move) })),
  })
}

describe('nothing is closed when not all has moved', () => {
  it.each(Object.entries(DISHONEST))('%s', async (_, { source, target }) => {
    const [good, other] = [memoryEngine(), memoryEngine()]
    const from = await filled(createInbox({ ...good, ...source?.(good) }))
    const to = open(createInbox({ ...other, ...target?.(other) }))
    await expect(moveInbox(from, to)).rejects.toThrow('not all have moved')
    expect(await from.record(receiptOf('delivery 7'))).toBe('duplicate')
    expect(await from.record(receiptOf('new'))).toBe('recorded')
  })
})

const STEPS = ['handOver', 'takeOver', 'moveIn'] as const
const BREAKS: [Method, 'before' | 'after'][] = STEPS.flatMap((step) => [
  [step, 'before'],
  [step, 'after'],
])

describe('a move that breaks off is finished by the next one', () => {
  it.each(BREAKS)('%s, %s it was carried out', async (step, when) => {
    let isBroken = true
    const breaking: Around = async ({ method }, carryOut) => {
      if (method !== step || !isBroken) return carryOut()
      isBroken = false
      if (when === 'after') await carryOut()
      throw unavailable()
    }
    const from = await filled(createInbox(engineWith(breaking)))
    const to = open(createInbox(engineWith(breaking)))
    expect(await codeOf(moveInbox(from, to))).toBe('inbox-unavailable')
    expect(isBroken).toBe(false)
    // Never are both open with the same in them.
    const isKept = (await codeOf(from.record(receiptOf('meanwhile')))) === 'none'
    const hasArrived = (await codeOf(to.open())) === 'none' && (await to.stats()).waiting > 0
    expect(isKept && hasArrived).toBe(false)
    const counts = isKept ? { ...MOVED, keys: 251, deliveries: 251, events: 251 } : MOVED
    expect(await moveInbox(from, to)).toEqual(counts)
    expect(await moveInbox(from, to)).toEqual(counts)
    await to.open()
    expect(await codeOf(from.record(receiptOf('late')))).toBe('inbox-unavailable')
    expect(await to.record(receiptOf('delivery 7'))).toBe('duplicate')
    expect(await to.record(receiptOf('meanwhile'))).toBe(isKept ? 'duplicate' : 'recorded')
  })

  it('into another inbox leaves the first target closed', async () => {
    let isBroken = true
    const lost: Around = async ({ method }, carryOut) => {
      await carryOut()
      if (method === 'takeOver' && isBroken) throw unavailable()
    }
    const [from, abandoned] = [await filled(), open(createInbox(engineWith(lost)))]
    expect(await codeOf(moveInbox(from, abandoned))).toBe('inbox-unavailable')
    isBroken = false
    const to = open(memoryInbox())
    await moveInbox(from, to)
    expect(await codeOf(moveInbox(from, abandoned))).toBe('inbox-moved')
    expect(await codeOf(abandoned.open())).toBe('inbox-moving')
    expect(await to.stats()).toMatchObject({ waiting: 250 })
  })
})
