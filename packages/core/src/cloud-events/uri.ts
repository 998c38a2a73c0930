import { isIPv6 } from 'node:net'

/** Whether the text is a URI-reference, absolute or relative, possibly empty (RFC 3986 section 4.1). */
export function isUriReference(text: string): boolean {
  return split(text) !== undefined
}

/** Whether the text is an absolute-URI: with a scheme and without a fragment (RFC 3986 section 4.3). */
export function isAbsoluteUri(text: string): boolean {
  const uri = split(text)
  return uri?.scheme !== undefined && uri.fragment === undefined
}

// RFC 3986 appendix B. The lists of characters are those of appendix A.
const PARTS = /^(?:([^:/?#]+):)?(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/s
const SCHEME = /^[A-Za-z][A-Za-z\d+.-]*$/
const CHARS = /^(?:[\w.~!$&'()*+,;=:@/?-]|%[\dA-Fa-f]{2})*$/
const AUTHORITY =
  /^(?:(?:[\w.~!$&'()*+,;=:-]|%[\dA-Fa-f]{2})*@)?(?:\[([^\]]*)\]|(?:[\w.~!$&'()*+,;=-]|%[\dA-Fa-f]{2})*)(?::\d*)?$/
const FUTURE_IP = /^v[\dA-Fa-f]+\.[\w.~!$&'()*+,;=:-]+$/i

function split(text: string): { scheme?: string | undefined; fragment?: string | undefined } | undefined {
  const [, scheme, authority, path = '', query = '', fragment] = PARTS.exec(text) ?? []
  if (scheme !== undefined && !SCHEME.test(scheme)) return undefined
  if (authority !== undefined && !isAuthority(authority)) return undefined
  // The first segment of a relative path holds no colon; one that is not at the start ended a scheme above.
  if (scheme === undefined && authority === undefined && path.startsWith(':')) return undefined
  return [path, query, fragment ?? ''].every((part) => CHARS.test(part)) ? { scheme, fragment } : undefined
}

function isAuthority(text: string): boolean {
  const match = AUTHORITY.exec(text)
  if (match === null) return false
  const ip = match[1]
  // `isIPv6` also takes zones (`fe80::1%eth0`), which RFC 3986 does not.
  return ip === undefined || FUTURE_IP.test(ip) || (isIPv6(ip) && !ip.includes('%'))
}
