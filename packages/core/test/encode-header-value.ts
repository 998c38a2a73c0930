/** Encodes an attribute for a `ce-` header, letter for letter as HTTP binding section 3.1.3.2 tells a sender to. */
export function encodeHeaderValue(value: string): string {
  const encode = (character: string) =>
    /^[!#$&-~]$/.test(character)
      ? character
      : [...Buffer.from(character)]
          .map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`)
          .join('')
  return [...value].map(encode).join('')
}
