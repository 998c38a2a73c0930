import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { Receipt } from '../../src/inbox/port.ts'
import { committing, gated, names, settlement } from './committing.ts'
import { type Around, codeOf, hang, receiptOf, unavailable } from './support.ts'

/** Says `recorded` and keeps nothing. */
const light: Around = async ({ args }) => (args[0] as Receipt[]).map(() => 'recorded')

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

  it('is empty again after outcomes, also those of merged receipts', async () => {
    const { record, recordAll } = committing(undefined, { maxQueued: 3, maxQueuedBytes: 6 })
    for (const name of ['aa', 'bb', 'cc']) {
      const outcomes = recordAll([name, name, name])
      await expect(record('dd')).rejects.toMatchObject({ code: 'inbox-full' })
      await expect(outcomes).resolves.toEqual(['recorded', 'duplicate', 'duplicate'])
    }
  })

  it('is empty again after failures', async () => {
    const limits = { maxQueued: 2, maxQueuedBytes: 4 }
    const { record } = committing(() => Promise.reject(unavailable()), limits)
    for (let round = 0; round < 3; round++) {
      const codes = Promise.all([codeOf(record('aa')), codeOf(record('bb')), codeOf(record('cc'))])
      await expect(codes).resolves.toEqual(['inbox-unavailable', 'inbox-unavailable', 'inbox-full'])
    }
  })

  it('fills and turns away while the store hangs, and nothing else happens', async () => {
    const { engine, record } = committing(hang, { maxQueued: 10, maxQueuedBytes: 1_000 })
    const taken = names(10).map((name) => record(name))
    await turn()
    const refused = await Promise.all(names(100).map((name) => codeOf(record(`${name} again`))))
    expect(new Set(refused)).toEqual(new Set(['inbox-full']))
    expect(engine.calls).toHaveLength(1)
    await expect(Promise.race([...taken, turn('still waiting')])).resolves.toBe('still waiting')
  })
})

it('starts again whenever the next one comes, however soon after the last outcome', async () => {
  // The moment between the last commit and the end of its round is some microtasks long: one of these falls into it.
  for (let microtasks = 0; microtasks < 40; microtasks++) {
    const { commits } = committing()
    await commits.record(receiptOf('first'))
    for (let i = 0; i < microtasks; i++) await undefined
    await Promise.all([commits.record(receiptOf('second')), commits.settle(settlement(1))])
  }
})

it('drains: resolves when nothing waits or is in flight', async () => {
  const { commits } = committing()
  await commits.drain()
  let outcomes = 0
  for (let i = 0; i < 600; i++) void commits.record(receiptOf(`${i}`)).then(() => outcomes++)
  void commits.settle(settlement(1)).then(() => outcomes++)
  await commits.drain()
  expect(outcomes).toBe(601)
})

it('looks at each receipt a few times only, however long the queue is', async () => {
  const { commits } = committing(light)
  let looks = 0
  const count = 20_000
  const counted = (index: number): Receipt => {
    const receipt = receiptOf('', { key: undefined })
    const get = () => {
      looks++
      return String(index)
    }
    return Object.defineProperty(receipt, 'key', { get })
  }
  await Promise.all(Array.from({ length: count }, (_, index) => commits.record(counted(index))))
  expect(looks).toBeLessThanOrEqual(4 * count)
})

it('lets a settlement pass a long queue of receipts, and a receipt one of settlements', async () => {
  const order: string[] = []
  const { commits } = committing(light)
  const told = (what: string) => () => void order.push(what)
  const receipts = Array.from({ length: 2_000 }, (_, index) => receiptOf(`${index}`))
  const many = Promise.all(receipts.map((receipt) => commits.record(receipt)))
  const one = commits.settle(settlement(1)).then(told('the settlement'))
  await Promise.all([many.then(told('all receipts')), one])
  const manySettled = Promise.all(receipts.map(() => commits.settle(settlement(1))))
  const oneReceipt = commits.record(receiptOf('one')).then(told('the receipt'))
  await Promise.all([manySettled.then(told('all settlements')), oneReceipt])
  expect(order).toEqual(['the settlement', 'all receipts', 'the receipt', 'all settlements'])
})

it('leaves the event loop to others between commits, also of an engine that answers at once', async () => {
  const { engine, commits } = committing(light)
  let turns = 0
  let isOver = false
  const other = (async () => {
    while (!isOver) {
      await turn()
      turns++
    }
  })()
  await Promise.all(Array.from({ length: 2_560 }, (_, index) => commits.record(receiptOf(`${index}`))))
  isOver = true
  await other
  expect(engine.calls).toHaveLength(10)
  expect(turns).toBeGreaterThanOrEqual(10)
})
