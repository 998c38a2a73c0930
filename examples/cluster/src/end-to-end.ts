/** RFC 9110, section 7.6.1: they are about one connection and are not forwarded. */
const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/** The headers that go on to the other side, of names and values in turns as `rawHeaders` has them. */
export function endToEnd(rawHeaders: readonly string[]): string[] {
  return rawHeaders.flatMap((name, index) => {
    if (index % 2 === 1 || HOP_BY_HOP.has(name.toLowerCase())) return []
    return [name, rawHeaders[index + 1] ?? '']
  })
}
