import { createHash } from 'node:crypto'

/** What engines keep of a receiver's subject, 64 hex digits: a hash, because subjects are personal data. */
export function headKey(receiver: string, subject: string): string {
  return createHash('sha256')
    .update(JSON.stringify([receiver, subject]))
    .digest('hex')
}
