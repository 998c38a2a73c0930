import { PATH, sampleBody, signedHeaders } from './adapter-samples.ts'

/** An HTTP/1.1 POST whose header lines are what they are told to be. */
export function rawRequest(lines: readonly string[], body: string): string {
  return `POST ${PATH} HTTP/1.1\r\nHost: x\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n${body}`
}

/** A body as one chunk. */
export const chunked = (body: string): string => `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`

/** The header lines of a body, rightly signed. */
export function signedLines(body: Uint8Array): string[] {
  return Object.entries(signedHeaders(body)).map(([name, value]) => `${name}: ${value}`)
}

/** The sample with this id as a whole delivery, with further header lines. */
export function rawDelivery(id: string, ...lines: readonly string[]): string {
  const body = sampleBody(id)
  const all = [...signedLines(body), `Content-Length: ${body.length}`, ...lines]
  return rawRequest(all, Buffer.from(body).toString())
}

/** ... whose signature is wrong. */
export function rawForgery(id: string): string {
  return rawDelivery(id).replace(/(X-Webhook-Signature: ).*/, `$1${'0'.repeat(64)}`)
}
