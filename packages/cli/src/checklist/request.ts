import http, { type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http'
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
        const chunks = await reply.toArray()
        resolve({
          status: reply.statusCode ?? 0,
          headers: reply.headers,
          body: Buffer.concat(chunks).toString(),
        })
      } catch (error) {
        reject(error)
      }
    })
    asked.on('error', reject)
    asked.end(body)
  })
}
