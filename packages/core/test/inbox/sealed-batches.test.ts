import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { createInbox } from '../../src/inbox/create-inbox.ts'
import { memoryEngine } from '../../src/inbox/memory-engine.ts'
import type { Receipt } from '../../src/inbox/port.ts'

const receiptOf = (n: number, quarantine?: 'body-unusable'): Receipt => ({
  ...{ receiver: 'press', key: String(n).padStart(32, '0'), digest: String(n).padStart(64, '0') },
  ...{ keyExpiresAt: 2_000, receivedAt: 1_000, body: Buffer.from('{}'), headers: {} },
  context: { receivedAt: '2026-01-01T00:00:00Z' },
  events: quarantine ? [] : [{ type: 'a', json: '{}', unsigned: [] }],
  ...(quarantine ? { quarantine } : {}),
})

test('a batch has its keys in order under their keyed hashes too, and each delivery its own outcome', async () => {
  const engine = memoryEngine()
  const batches: string[][] = []
  const watched = {
    ...engine,
    commit: (...[receipts, settlements]: Parameters<typeof engine.commit>) => {
      batches.push(receipts.map(({ key = '' }) => key))
      return engine.commit(receipts, settlements)
    },
  }
  const keys = [{ id: 'a', key: randomBytes(32) }]
  const inbox = createInbox(watched, { encryption: { keys } })
  const numbers = Array.from({ length: 40 }, (_, n) => n)
  const outcomes = await Promise.all(
    numbers.map((n) => inbox.record(receiptOf(n, n % 2 ? 'body-unusable' : undefined))),
  )
  expect(outcomes).toEqual(numbers.map((n) => (n % 2 ? 'quarantined' : 'recorded')))
  expect(Math.max(...batches.map(({ length }) => length))).toBeGreaterThan(20)
  for (const batch of batches) expect(batch).toEqual(batch.toSorted())
  await inbox.close()
})
