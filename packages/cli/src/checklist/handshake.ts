import { connect, type SecureContextOptions, type SecureVersion } from 'node:tls'

export interface HandshakeOptions {
  minVersion: SecureVersion
  maxVersion: SecureVersion
  /** Certificate authorities to trust, as PEM. @default the well-known ones */
  ca?: SecureContextOptions['ca'] | undefined
  /** Refuse a certificate that is not trusted. */
  verify: boolean
}

/** The version agreed on, or why there is none. */
export type Handshake = { version: string; reason?: undefined } | { version?: undefined; reason: string }

const TIME_LIMIT_MS = 10_000

/** A TLS handshake, and nothing after it. */
export function handshake(url: URL, { verify, ...versions }: HandshakeOptions): Promise<Handshake> {
  // Of an IPv6 address, what is between the brackets.
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
  const isName = /[a-z]/i.test(host) && !host.includes(':')
  return new Promise((resolve) => {
    const socket = connect({
      ...{ host, port: Number(url.port || 443), rejectUnauthorized: verify, ...versions },
      ...(isName ? { servername: host } : {}),
      // Or this side would refuse what is old by itself, and show nothing.
      ...(versions.minVersion < 'TLSv1.2' ? { ciphers: 'DEFAULT:@SECLEVEL=0' } : {}),
    })
    const end = (result: Handshake) => {
      socket.destroy()
      resolve(result)
    }
    socket.setTimeout(TIME_LIMIT_MS, () => end({ reason: `no handshake within ${TIME_LIMIT_MS} ms` }))
    socket.once('secureConnect', () => end({ version: socket.getProtocol() ?? 'unknown' }))
    socket.once('error', (error: NodeJS.ErrnoException) =>
      end({ reason: error.code === undefined ? error.message : `${error.code}: ${error.message}` }),
    )
  })
}
