import { KycWebhookError } from '../errors.ts'
import type { Inbox, Work } from './inbox.ts'
import type { Outcome } from './port.ts'

/** Can a row of an inbox have this number? */
export const isSeq = (seq: number): boolean => Number.isSafeInteger(seq) && seq > 0

/**
 * Tries a quarantined delivery again, as its receiver reads it now. Resolves to what became of it, of a batch to what became
 * of the first part that was not known already.
 */
export async function redrive(
  inbox: Pick<Inbox, 'quarantined' | 'record'>,
  workOf: (receiver: string) => Pick<Work, 'redrive'> | undefined,
  seq: number,
): Promise<Outcome> {
  const [row] = isSeq(seq) ? await inbox.quarantined({ after: seq - 1, limit: 1 }) : []
  if (row?.seq !== seq) throw new KycWebhookError('redrive-impossible', `no delivery ${seq} is in quarantine`)
  const receiptsOf = workOf(row.receiver)?.redrive
  if (receiptsOf === undefined) {
    throw new KycWebhookError(
      'redrive-impossible',
      `nothing in this process handles the events of ${row.receiver} on this inbox`,
    )
  }
  const receipts = receiptsOf(row)
  const outcomes: Outcome[] = []
  // The quarantine row goes with the last part: when one before it fails, nothing is lost.
  for (const [index, receipt] of receipts.entries()) {
    const isLast = index === receipts.length - 1
    outcomes.push(await inbox.record(isLast ? { ...receipt, redriven: seq } : receipt))
  }
  return outcomes.find((outcome) => outcome !== 'duplicate') ?? 'duplicate'
}
