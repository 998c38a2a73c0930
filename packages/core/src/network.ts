import { BlockList, isIP } from 'node:net'
import { KycWebhookError } from './errors.ts'
import type { Head } from './head.ts'

/** A set of addresses. */
export interface AddressSet {
  has(address: string | undefined): boolean
}

/** From IPs and CIDR blocks. IPv4 addresses also match in their IPv6-mapped form. Throws `option-invalid`. */
export function addressSet(option: string, entries: readonly string[]): AddressSet {
  const list = new BlockList()
  for (const entry of entries) {
    const [address = '', bits, ...rest] = entry.split('/')
    const family = isIP(address)
    const width = family === 4 ? 32 : 128
    const prefix = bits === undefined ? width : /^\d{1,3}$/.test(bits) ? Number(bits) : Number.NaN
    if (family === 0 || rest.length > 0 || !(prefix >= 0 && prefix <= width)) {
      throw new KycWebhookError(
        'option-invalid',
        `${option} has an entry that is neither an IP address nor a CIDR block: ${entry}`,
      )
    }
    list.addSubnet(address, prefix, family === 4 ? 'ipv4' : 'ipv6')
  }
  return {
    has(address) {
      const family = isIP(address ?? '')
      return family !== 0 && list.check(address as string, family === 4 ? 'ipv4' : 'ipv6')
    },
  }
}

/** Who really speaks: the socket's peer, unless that is a trusted proxy; then what the nearest trusted proxy saw. */
export interface Peer {
  address: string | undefined
  /** TLS version, or `https` when a proxy says TLS without a version; `undefined` for plain HTTP. */
  tls: string | undefined
}

/** Decided from the right of `X-Forwarded-For`, because everything left of the first untrusted address can be invented. */
export function actualPeer(
  socket: Peer,
  head: Head,
  proxies: AddressSet | undefined,
  tlsVersionHeader: string | undefined,
): Peer {
  if (proxies === undefined || !proxies.has(socket.address)) return socket
  const hops = head
    .all('x-forwarded-for')
    .join(',')
    .split(',')
    .map((hop) => hop.trim())
  const address = hops.findLast((hop) => !proxies.has(hop))
  const secure = head.hint('x-forwarded-proto')?.split(',').at(-1)?.trim().toLowerCase() === 'https'
  const version = tlsVersionHeader === undefined ? undefined : head.hint(tlsVersionHeader)
  return {
    address: isIP(address ?? '') === 0 ? undefined : address,
    tls: secure ? (version ?? 'https') : undefined,
  }
}

/** Does the connection meet `requireTls`? A bare `https` meets only a requirement without a version. */
export function isSecureEnough(tls: string | undefined, required: boolean | 'TLSv1.2' | 'TLSv1.3'): boolean {
  if (required === false) return true
  if (required === true) return tls !== undefined
  return tls === 'TLSv1.3' || (tls === 'TLSv1.2' && required === 'TLSv1.2')
}
