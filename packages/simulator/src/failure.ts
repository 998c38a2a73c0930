/** Why an attempt got no reply. */
export interface Failure {
  /** `timeout`, the mishap that cut the connection, or Node's code: `ECONNREFUSED`, `CERT_HAS_EXPIRED`, ... */
  readonly error: string
  /** The same in words, for people; they may change from version to version. */
  readonly reason: string
}

/** By what is in Node's code and message; the first that fits. Of TLS, the code is often just `EPROTO`. */
const REASONS: readonly (readonly [pattern: RegExp, reason: string])[] = [
  [/protocol[ _]version/i, 'the receiver does not speak the TLS version that the provider insists on'],
  [/wrong[ _]version[ _]number/i, 'the receiver does not speak TLS: it may speak plain HTTP on this port'],
  [/handshake[ _]failure/i, 'the TLS handshake failed: the receiver may have no certificate that suits'],
  [/^DEPTH_ZERO_SELF_SIGNED_CERT/, 'the certificate is signed with itself; give it as ca to trust it'],
  [
    /^SELF_SIGNED_CERT_IN_CHAIN/,
    'the certificate comes from an authority that is not trusted; give that as ca',
  ],
  [
    /^UNABLE_TO_(GET|VERIFY)/,
    'the authority of the certificate is unknown: an intermediate certificate is missing, or ca',
  ],
  [/^CERT_HAS_EXPIRED/, 'the certificate has expired'],
  [/^CERT_NOT_YET_VALID/, 'the certificate is not valid yet'],
  [/^ERR_TLS_CERT_ALTNAME_INVALID/, 'the certificate is for another host'],
  [/^ECONNREFUSED/, 'nobody listens there'],
  [/^(ENOTFOUND|EAI_AGAIN)/, 'the name of the host was not found'],
  [/^HPE_HEADER_OVERFLOW/, 'the headers of the reply are too large'],
  [/^HPE_/, 'what came back is no HTTP, or broken HTTP'],
  [/^(ECONNRESET|EPIPE)/, 'the receiver cut the connection before its reply was complete'],
  [/^truncated-body/, 'the connection was cut half-way through the body, on purpose'],
  [/^lost-reply/, 'the connection was cut when the reply came, on purpose'],
]

/** @param thrown what `post` rejected with */
export function failureOf(thrown: unknown): Failure {
  if (!(thrown instanceof Error)) return { error: 'unknown', reason: String(thrown) }
  const error = 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : thrown.name
  const [, reason = thrown.message] =
    REASONS.find(([pattern]) => pattern.test(`${error} ${thrown.message}`)) ?? []
  return { error, reason }
}
