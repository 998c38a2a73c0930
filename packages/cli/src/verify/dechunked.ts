/** The bytes inside the framing of `Transfer-Encoding: chunked` (RFC 9112 section 7.1). `undefined`: it is not framed. */
export function dechunked(framed: Buffer): Buffer | undefined {
  const chunks: Buffer[] = []
  for (let at = 0; ; ) {
    const end = framed.indexOf('\r\n', at)
    const [, digits] = /^([0-9a-f]{1,8})(;.*)?$/i.exec(framed.toString('latin1', at, end)) ?? []
    if (end < 0 || digits === undefined) return undefined
    const size = Number.parseInt(digits, 16)
    if (size === 0) return Buffer.concat(chunks)
    chunks.push(framed.subarray(end + 2, end + 2 + size))
    at = end + 2 + size + 2
  }
}
