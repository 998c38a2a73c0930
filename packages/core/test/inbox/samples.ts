import { createHash } from 'node:crypto'
import type { Claim, Receipt } from '../../src/inbox/port.ts'
import type { RetryPolicy } from '../../src/inbox/retry-policy.ts'

/** A receipt of one event with the same name. */
export function receiptOf(name: string, over: Partial<Receipt> = {}): Receipt {
  const body = over.body ?? Buffer.from(name)
  return {
    receiver: 'press',
    key: createHash('sha256').update(name).digest('hex').slice(0, 32),
    digest: createHash('sha256').update(body).digest('hex'),
    keyExpiresAt: Number.MAX_SAFE_INTEGER,
    receivedAt: Date.now(),
    body,
    headers: {},
    context: { receivedAt: '2026-03-30T12:45:00Z' },
    events: [{ type: 'a.type', json: JSON.stringify({ name }), unsigned: [] }],
    ...over,
  }
}

export const retry: RetryPolicy = {
  attempts: 3,
  firstDelayMs: 1_000,
  factor: 3,
  maxDelayMs: 60_000,
  crashes: 3,
}

/** The name of the event that was claimed. */
export const nameOf = (claim: Claim): string => JSON.parse(claim.json).name
