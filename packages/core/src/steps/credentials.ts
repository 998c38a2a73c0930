import { Rejection } from '../errors.ts'
import type { Head } from '../head.ts'
import type { Provider, SignatureScheme, TimestampScheme } from '../provider.ts'

/** What a delivery shows of itself in its head: each part there once and of the documented form, none believed yet. */
export interface Credentials {
  /** Decoded signatures, each as long as the algorithm's digest. At least one. */
  signatures: readonly Uint8Array[]
  /** Unix seconds. */
  timestamp: number | undefined
  nonce: string | undefined
}

/** Refuses what cannot be authentic before the body is read. Throws a `Rejection`. */
export function readCredentials(provider: Provider, head: Head): Credentials {
  return {
    signatures: readSignatures(provider.signature, head),
    timestamp: provider.timestamp && readTimestamp(head, provider.timestamp),
    nonce: provider.nonce && readNonce(head, provider.nonce.header),
  }
}

const DIGEST_BYTES = { sha256: 32, sha512: 64 } as const

function readSignatures(scheme: SignatureScheme, head: Head): readonly Uint8Array[] {
  const value = head.once(scheme.header)
  if (value === undefined || value === '') throw new Rejection('signature-missing', scheme.missingHint)
  const candidates = scheme.candidates === undefined ? [value] : scheme.candidates(value)
  const length = DIGEST_BYTES[scheme.algorithm]
  const signatures = candidates
    .map((candidate) => decodeStrictly(candidate, scheme.encoding))
    .filter((bytes) => bytes?.byteLength === length)
  if (signatures.length === 0) throw new Rejection('signature-malformed')
  return signatures as Uint8Array[]
}

/** Node's decoders skip what they do not know; only text that encodes back to itself is accepted. */
function decodeStrictly(text: string, encoding: 'hex' | 'base64'): Uint8Array | undefined {
  const bytes = Buffer.from(text, encoding)
  return bytes.toString(encoding) === (encoding === 'hex' ? text.toLowerCase() : text) ? bytes : undefined
}

/**
 * Digits only: `parseInt` takes `123junk`, `Number` takes `0x7b` and `1e3`, and NaN passes every comparison. Eleven of
 * them end in the year 5138; milliseconds have thirteen.
 */
function readTimestamp(head: Head, { header, seconds }: TimestampScheme): number {
  const sent = head.once(header)
  const value = sent === undefined || seconds === undefined ? sent : seconds(sent)
  if (value === undefined || value === '') throw new Rejection('timestamp-missing')
  if (!/^[0-9]{1,11}$/.test(value)) throw new Rejection('timestamp-malformed')
  return Number(value)
}

/** Visible ASCII, as the providers send; a bound on what is hashed and compared. */
function readNonce(head: Head, name: string): string {
  const value = head.once(name)
  if (value === undefined || value === '') throw new Rejection('nonce-missing')
  if (!/^[\x21-\x7e]{1,512}$/.test(value)) throw new Rejection('nonce-malformed')
  return value
}
