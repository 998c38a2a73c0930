import { ERRORS, type RejectionCode } from '../errors.ts'
import type { AcceptedReply } from '../provider.ts'
import type { Reply } from '../request.ts'

/** The reply to a delivery that is safe. Made once for each receiver. */
export function acceptedReply({ status, contentType, body }: AcceptedReply): Reply {
  return { status, headers: withLength({ 'content-type': contentType }, body), body }
}

/** The reply to a rejected delivery: a stable code and a sentence, nothing internal. */
export function rejectionReply(
  code: RejectionCode,
  options: { bodyUnread: boolean; random: () => number },
): Reply {
  const { status, message } = ERRORS[code]
  const body = JSON.stringify({ error: { code, message } })
  const headers: Record<string, string> = { 'content-type': 'application/json' }
  if (status === 405) headers.allow = 'POST'
  // One to five seconds, at random, so that what was turned away together does not come back together.
  if (status === 503) headers['retry-after'] = String(1 + Math.floor(options.random() * 5))
  if (options.bodyUnread) headers.connection = 'close'
  return { status, headers: withLength(headers, body), body }
}

const withLength = (headers: Record<string, string>, body: string): Record<string, string> => ({
  ...headers,
  'content-length': String(Buffer.byteLength(body)),
})
