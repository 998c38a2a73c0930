const PLAIN = /^[ !#-~]*$/
const QUOTED = /^"((?:[ !#-[\]-~]|\\[ -~])*)"$/

/**
 * Decodes the value of a `ce-` header: double quotes and backslashes around the whole value, then percent-encoding,
 * once (HTTP binding section 3.1.3.2). `undefined` when the value is not printable ASCII, has a stray quote, a `%`
 * without two hex digits, or bytes that are not UTF-8.
 */
export function decodeHeaderValue(value: string): string | undefined {
  const text = PLAIN.test(value) ? value : QUOTED.exec(value)?.[1]?.replace(/\\(.)/g, '$1')
  if (text === undefined) return undefined
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}
