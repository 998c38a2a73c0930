import http, { type IncomingHttpHeaders, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http'
import https from 'node:https'
import type { SecureContextOptions } from 'node:tls'

export interface RequestOptions {
  method: 'GET'
  headers?: OutgoingHttpHeaders
  body?: Uint8Array
  /** Certificate authorities to trust, as PEM. @default the well-known ones */
  ca?: SecureContextOptions['ca'] | undefined
  /** From the start to the end of the reply, in milliseconds. */
  timeLimitMs: number
}

/** What is read of a reply: an endless one would fill the memory. */
const MAX_REPLY_BYTES = 65_536

/** What a simulator does not send: deliveries are its business. Rejects when there is no reply. */
export function request(
  url: URL,
  { method, headers = {}, body, ca, timeLimitMs }: RequestOptions,
): Promise<{ status: number; headers: IncomingHttpHeaders; body: string }> {
  const client = url.protocol === 'https:' ? https : http
  const signal = AbortSignal.timeout(timeLimitMs)
  return new Promise((resolve, reject) => {
    const asked = client.request(url, { method, headers, ca, signal, agent: false }, async (reply) => {
      try {
        resolve({
          status: reply.statusCode ?? 0,
          headers: reply.headers,
          body: await beginningOf(reply),
        })
        asked.destroy()
      } catch (error) {
        reject(error)
      }
    })
    asked.on('error', reject)
    // Without a listener nothing is ever heard of the request again.
    asked.on('upgrade', ({ statusCode = 0, headers }, socket) => {
      socket.destroy()
      resolve({ status: statusCode, headers, body: '' })
    })
    asked.end(body)
  })
}

async function beginningOf(reply: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of reply) {
    chunks.push(chunk)
    bytes += chunk.length
    if (bytes >= MAX_REPLY_BYTES) break
  }
  return Buffer.concat(chunks).subarray(0, MAX_REPLY_BYTES).toString()
}
