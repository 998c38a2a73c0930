import { Rejection } from '../errors.ts'
import type { Head } from '../head.ts'
import { type AddressSet, isSecureEnough, type Peer } from '../network.ts'

/** What is asked of a delivery before a byte of its body is read. */
export interface AdmissionPolicy {
  allowed: AddressSet | undefined
  requireTls: boolean | 'TLSv1.2' | 'TLSv1.3'
}

/** Method, address, TLS, encodings. Throws a `Rejection`. */
export function admit(method: string, head: Head, peer: Peer, policy: AdmissionPolicy): void {
  if (method !== 'POST') throw new Rejection('method-not-allowed')
  if (policy.allowed !== undefined && !policy.allowed.has(peer.address))
    throw new Rejection('address-not-allowed')
  if (!isSecureEnough(peer.tls, policy.requireTls)) throw new Rejection('transport-not-secure')
  // The signature covers the bytes as sent; an inflated body is not what was signed, and may be a bomb.
  const encoding = head.once('content-encoding')
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity')
    throw new Rejection('encoding-not-supported')
  // Node takes `, chunked` and `gzip, chunked` for chunks, where a proxy in front may take them for something else (RFC 9112 section 6.1).
  const coding = head.once('transfer-encoding')
  if (coding !== undefined && coding.toLowerCase() !== 'chunked')
    throw new Rejection('encoding-not-supported')
}
