import http, { type Agent, type IncomingHttpHeaders } from 'node:http'
import https from 'node:https'
import type { SecureContextOptions } from 'node:tls'
import type { PreparedDelivery } from './draft.ts'

const MAX_REPLY_BYTES = 65_536

export interface PostOptions {
  /** Breaks off the request when it aborts. */
  signal: AbortSignal
  /** `false`: a connection of its own. */
  agent: Agent | false
  minTls: 'TLSv1.2' | 'TLSv1.3'
  ca: SecureContextOptions['ca']
}

interface Reply {
  status: number
  replyHeaders: IncomingHttpHeaders
  replyBody: string
}

/** One POST of exact bytes over HTTP or HTTPS. Follows no redirect. Rejects with the error of the socket, or when aborted. */
export function post(url: URL, delivery: PreparedDelivery, options: PostOptions): Promise<Reply> {
  const { signal, agent, minTls: minVersion, ca } = options
  const client = url.protocol === 'https:' ? https : http
  const headers = { ...delivery.headers, 'Content-Length': delivery.body.length }
  return new Promise((resolve, reject) => {
    const request = client.request(url, { method: 'POST', headers, signal, agent, minVersion, ca })
    request.on('error', reject)
    request.on('response', async (response) => {
      try {
        resolve({
          status: response.statusCode ?? 0,
          replyHeaders: response.headers,
          replyBody: await readText(response),
        })
      } catch (error) {
        reject(error)
      }
    })
    request.end(delivery.body)
  })
}

/** Reads to the end, keeps the beginning. */
async function readText(chunks: AsyncIterable<Buffer>): Promise<string> {
  const kept: Buffer[] = []
  let bytes = 0
  for await (const chunk of chunks) {
    if (bytes < MAX_REPLY_BYTES) kept.push(chunk)
    bytes += chunk.length
  }
  return Buffer.concat(kept).subarray(0, MAX_REPLY_BYTES).toString()
}
