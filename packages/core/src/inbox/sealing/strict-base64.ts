/** Base64 of RFC 4648 section 4, with padding and nothing else. `undefined` for anything that `Buffer` would put right. */
export function decodeStrictBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64')
  return bytes.toString('base64') === text ? bytes : undefined
}
