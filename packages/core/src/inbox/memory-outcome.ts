import type { RefusalCode } from '../errors.ts'
import { isOtherContent } from './any-digest.ts'
import type { Outcome, Receipt } from './port.ts'

/**
 * What becomes of a receipt, given the unexpired row of its key and that of its nonce. A conflict goes before a reused
 * nonce, and a known delivery before quarantine.
 */
export function decideOutcome(
  { key, digest, nonce, quarantine }: Receipt,
  known: { digest: string } | undefined,
  used: { usedBy: string | undefined } | undefined,
): Outcome {
  if (known && isOtherContent(known.digest, digest)) return 'conflict'
  if (known) return used && nonce?.strict ? 'nonce-reused' : 'duplicate'
  if (quarantine) return 'quarantined'
  const usedByItself = key !== undefined && used?.usedBy === key && !nonce?.strict
  return used && !usedByItself ? 'nonce-reused' : 'recorded'
}

/** The reason that an outcome stands under in quarantine, if that is where it leads. */
export function quarantineReason(outcome: Outcome, receipt: Receipt): RefusalCode | undefined {
  if (outcome === 'conflict') return 'delivery-conflict'
  if (outcome === 'nonce-reused') return 'nonce-reused'
  return outcome === 'quarantined' ? receipt.quarantine : undefined
}

/** The row of a key or nonce, if it is remembered still. */
export function unexpired<T extends { expiresAt: number }>(
  rows: ReadonlyMap<string, T>,
  key: string | undefined,
  now: number,
): T | undefined {
  const row = key === undefined ? undefined : rows.get(key)
  return row && row.expiresAt > now ? row : undefined
}

/** A row that was found under the former hashes of a receipt, as it would be under those of now. */
export function asNow<T extends { digest?: string; usedBy?: string | undefined }>(
  { key, digest, former }: Receipt,
  row: T | undefined,
): T | undefined {
  if (row === undefined || former === undefined) return undefined
  const now = { ...row }
  if (row.digest !== undefined && row.digest === former.digest) now.digest = digest
  if (row.usedBy !== undefined && row.usedBy === former.key) now.usedBy = key
  return now
}
