import type { Outcome, RefusalCode } from '@kyc-webhooks/core'
import type Database from 'better-sqlite3'
import type { ReceiptRow } from './packed-receipts.ts'
import { sql } from './sql.ts'

/** Returns what records one receipt. To be called inside an immediate transaction: it looks before it writes. */
export function recorder(db: Database.Database): (receipt: ReceiptRow) => Outcome {
  const digestOfKey = db.prepare<[Buffer, number], { digest: Buffer }>(sql.digestOfKey)
  const userOfNonce = db.prepare<[Buffer, number], { usedBy: Buffer | null }>(sql.userOfNonce)
  const rememberKey = db.prepare(sql.rememberKey)
  const rememberNonce = db.prepare(sql.rememberNonce)
  const addDelivery = db.prepare(sql.addDelivery)
  const addEvent = db.prepare(sql.addEvent)
  const isQuarantined = db.prepare<[number]>(sql.isQuarantined)
  const quarantine = db.prepare(sql.quarantine)
  const requarantine = db.prepare(sql.requarantine)
  const unquarantine = db.prepare(sql.unquarantine)

  function decide(receipt: ReceiptRow): Outcome {
    const { nonce, receivedAt, former } = receipt
    const key = bytes(receipt.key)
    const known = key && (digestOfKey.get(key, receivedAt) ?? formerlyKnown(receipt))
    if (known && isOtherContent(known.digest, hex(receipt.digest))) return 'conflict'
    const used = nonce && (userOfNonce.get(hex(nonce.key), receivedAt) ?? (former && formerlyUsed(receipt)))
    if (known) return used && nonce?.strict ? 'nonce-reused' : 'duplicate'
    if (receipt.quarantine) return 'quarantined'
    const usedByItself = key && used?.usedBy?.equals(key) && !nonce?.strict
    return used && !usedByItself ? 'nonce-reused' : 'recorded'
  }

  /** The row of its former key, as it would be under the hashes of now. */
  function formerlyKnown({ former, digest, receivedAt }: ReceiptRow): { digest: Buffer } | undefined {
    if (former?.key === undefined) return undefined
    const known = digestOfKey.get(hex(former.key), receivedAt)
    return known?.digest.equals(hex(former.digest)) ? { digest: hex(digest) } : known
  }

  function formerlyUsed({ former, key, receivedAt }: ReceiptRow): { usedBy: Buffer | null } | undefined {
    if (former?.nonce === undefined) return undefined
    const used = userOfNonce.get(hex(former.nonce), receivedAt)
    const isSame = former.key !== undefined && used?.usedBy?.equals(hex(former.key)) === true
    return isSame ? { usedBy: bytes(key) ?? null } : used
  }

  function record({ key, digest, keyExpiresAt, nonce, receivedAt, ...receipt }: ReceiptRow): void {
    if (key !== undefined) rememberKey.run(hex(key), hex(digest), keyExpiresAt)
    if (nonce) rememberNonce.run(hex(nonce.key), bytes(key) ?? null, nonce.expiresAt)
    if (receipt.events.length === 0) return
    const { body, headers, context } = receipt
    const delivery = addDelivery.run(receivedAt, body, headers, context)
    for (const [type, json, unsigned, subject] of receipt.events) {
      addEvent.run(
        ...[delivery.lastInsertRowid, receipt.receiver, type, json, unsigned, hex(subject), receivedAt],
      )
    }
  }

  /** One row for each distinct body of a receiver. A redrive is no arrival: it changes the reason alone. */
  function keep(
    { receiver, digest, receivedAt, body, redriven, headers, context }: ReceiptRow,
    reason: RefusalCode,
  ): void {
    if (redriven !== undefined) {
      requarantine.run(reason, redriven)
      return
    }
    quarantine.run(receiver, hex(digest), reason, receivedAt, receivedAt, body, headers, context)
  }

  return (receipt) => {
    const { redriven } = receipt
    if (redriven !== undefined && isQuarantined.get(redriven) === undefined) return 'duplicate'
    const outcome = decide(receipt)
    if (outcome === 'recorded') record(receipt)
    const reason = quarantineReason(outcome, receipt)
    if (reason) keep(receipt, reason)
    else if (redriven !== undefined) unquarantine.run(redriven)
    return outcome
  }
}

/** The reason that an outcome stands under in quarantine, if that is where it leads. */
function quarantineReason(outcome: Outcome, receipt: ReceiptRow): RefusalCode | undefined {
  if (outcome === 'conflict') return 'delivery-conflict'
  if (outcome === 'nonce-reused') return 'nonce-reused'
  return outcome === 'quarantined' ? receipt.quarantine : undefined
}

/** Core's `ANY_DIGEST`: of a polled result, which is in conflict with nothing. The thread loads none of core. */
const ANY_DIGEST = Buffer.alloc(32)

const isOtherContent = (known: Buffer, digest: Buffer): boolean =>
  !known.equals(digest) && !known.equals(ANY_DIGEST) && !digest.equals(ANY_DIGEST)

const hex = (digits: string): Buffer => Buffer.from(digits, 'hex')
const bytes = (digits: string | undefined): Buffer | undefined =>
  digits === undefined ? undefined : hex(digits)
