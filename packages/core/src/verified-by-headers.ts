import type { Head } from './head.ts'
import type { Provider } from './provider.ts'

/** The headers that a delivery is verified by, once more: its signature, time and nonce, and whatever else is signed. Throws a `Rejection` when one is missing or repeated. */
export function verifiedByHeaders(provider: Provider, head: Head, body: Uint8Array): Record<string, string> {
  const { signature, timestamp, nonce } = provider
  const values = new Map<string, string>()
  const header = (name: string): string => {
    const value = head.once(name) ?? ''
    values.set(name, value)
    return value
  }
  for (const scheme of [signature, timestamp, nonce]) if (scheme !== undefined) header(scheme.header)
  signature.signedContent({ body, header })
  return Object.fromEntries([...values].sort(([one], [other]) => (one < other ? -1 : 1)))
}
