import { setImmediate as turn } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { GroupCommit } from '../../src/inbox/group-commit.ts'
import type { Receipt } from '../../src/inbox/port.ts'
import { engineWith, receiptOf } from './support.ts'

const plenty = { maxQueued: 1_000_000, maxQueuedBytes: 1_000_000_000 }
const settlement = { seq: 1, attempt: 1, result: 'done', at: 0 } as const
const committing = (engine = engineWith()) => new GroupCommit(engine, plenty, () => {})
/** Says `recorded` and keeps nothing. */
const light = () => engineWith(async ({ args }) => (args[0] as Receipt[]).map(() => 'recorded'))

it('starts again whenever the next one comes, however soon after the last outcome', async () => {
  // The moment between the last commit and the end of its round is some microtasks long: one of these falls into it.
  for (let microtasks = 0; microtasks < 40; microtasks++) {
    const commits = committing()
    await commits.record(receiptOf('first'))
    for (let i = 0; i < microtasks; i++) await undefined
    await Promise.all([commits.record(receiptOf('second')), commits.settle(settlement)])
  }
})

it('drains: resolves when nothing waits or is in flight', async () => {
  const commits = committing()
  await commits.drain()
  let outcomes = 0
  for (let i = 0; i < 600; i++) void commits.record(receiptOf(`${i}`)).then(() => outcomes++)
  void commits.settle(settlement).then(() => outcomes++)
  await commits.drain()
  expect(outcomes).toBe(601)
})

it('looks at each receipt a few times only, however long the queue is', async () => {
  const commits = committing(light())
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
  const commits = committing(light())
  const told = (what: string) => () => void order.push(what)
  const receipts = Array.from({ length: 2_000 }, (_, index) => receiptOf(`${index}`))
  const many = Promise.all(receipts.map((receipt) => commits.record(receipt)))
  const one = commits.settle(settlement).then(told('the settlement'))
  await Promise.all([many.then(told('all receipts')), one])
  const manySettled = Promise.all(receipts.map(() => commits.settle(settlement)))
  const oneReceipt = commits.record(receiptOf('one')).then(told('the receipt'))
  await Promise.all([manySettled.then(told('all settlements')), oneReceipt])
  expect(order).toEqual(['the settlement', 'all receipts', 'the receipt', 'all settlements'])
})

it('leaves the event loop to others between commits, also of an engine that answers at once', async () => {
  const engine = light()
  const commits = committing(engine)
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
