import type { NewEvent, Receipt } from '@kyc-webhooks/core'

/**
 * Receipts on their way to the thread of the store. Cloned as they are, they would cost more than they cost to write: the
 * names of all fields come with each, and a view brings all of the buffer under it along.
 */
export interface PackedReceipts {
  rows: readonly PackedRow[]
  /** All bodies, one after another. */
  bodies: Uint8Array<ArrayBuffer>
}

type PackedRow = readonly [
  receiver: string,
  key: string | undefined,
  digest: string,
  keyExpiresAt: number,
  receivedAt: number,
  headers: string,
  context: string,
  bodyBytes: number,
  events: readonly PackedEvent[],
  rare: RareFields | undefined,
]
type PackedEvent = readonly [type: string, json: string, unsigned: string | null, subject: string]
type RareFields = Pick<Receipt, 'nonce' | 'former' | 'quarantine' | 'redriven'>

/** A receipt as the tables have it: what is kept as text is text already. */
export interface ReceiptRow extends Omit<Receipt, 'headers' | 'context' | 'events'> {
  headers: string
  context: string
  events: readonly PackedEvent[]
}

export function packReceipts(receipts: readonly Receipt[]): PackedReceipts {
  const bodies = new Uint8Array(receipts.reduce((sum, { body }) => sum + body.byteLength, 0))
  let end = 0
  const rows = receipts.map((receipt): PackedRow => {
    const { receiver, key, digest, keyExpiresAt, receivedAt, body } = receipt
    bodies.set(body, end)
    end += body.byteLength
    const texts = [JSON.stringify(receipt.headers), JSON.stringify(receipt.context)] as const
    const events = receipt.events.map(packEvent)
    const times = [keyExpiresAt, receivedAt] as const
    return [receiver, key, digest, ...times, ...texts, body.byteLength, events, rareFields(receipt)]
  })
  return { rows, bodies }
}

const packEvent = ({ type, json, unsigned, subject = '' }: NewEvent): PackedEvent => [
  type,
  json,
  unsigned.length === 0 ? null : JSON.stringify(unsigned),
  subject,
]

function rareFields({ nonce, former, quarantine, redriven }: Receipt): RareFields | undefined {
  const rare = { nonce, former, quarantine, redriven }
  return Object.values(rare).every((field) => field === undefined) ? undefined : rare
}

export function unpackReceipts({ rows, bodies }: PackedReceipts): ReceiptRow[] {
  let end = 0
  return rows.map(
    ([receiver, key, digest, keyExpiresAt, receivedAt, headers, context, bytes, events, rare]) => {
      end += bytes
      const body = bodies.subarray(end - bytes, end)
      return { receiver, key, digest, keyExpiresAt, receivedAt, headers, context, body, events, ...rare }
    },
  )
}
