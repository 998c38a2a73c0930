import { createHash } from 'node:crypto'

/** What engines keep of whom an event is about, 32 hex digits; empty for nobody. A hash, because subjects are personal data. */
export function subjectHash(subject: unknown): string {
  if (typeof subject !== 'string' || subject === '') return ''
  return createHash('sha256')
    .update(JSON.stringify(['subject', subject]))
    .digest('hex')
    .slice(0, 32)
}
