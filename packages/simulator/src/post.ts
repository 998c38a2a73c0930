import http, { type Agent, type IncomingHttpHeaders, type IncomingMessage } from 'node:http'
import https from 'node:https'
import type { SecureContextOptions } from 'node:tls'
import type { PreparedDelivery } from './draft.ts'
import { type Mishap, MishapError, writeBody } from './mishaps.ts'

const MAX_REPLY_BYTES = 65_536

export interface PostOptions {
  /** Breaks off the request when it aborts. */
  signal: AbortSignal
  /** `false`: a connection of its own. */
  agent: Agent | false
  minTls: 'TLSv1.2' | 'TLSv1.3'
  ca: SecureContextOptions['ca']
  mishap: Mishap | undefined
  /** Milliseconds. */
  slowBodyMs: number
}

interface Reply {
  status: number
  replyHeaders: IncomingHttpHeaders
  replyBody: string
  replyBytes: number
}

/**
 * One POST of exact bytes over HTTP or HTTPS. Follows no redirect. Rejects with the error of the socket, with a `MishapError`
 * when the mishap cut the connection, or when aborted.
 */
export function post(url: URL, delivery: PreparedDelivery, options: PostOptions): Promise<Reply> {
  const { signal, agent, minTls: minVersion, ca, mishap, slowBodyMs } = options
  const client = url.protocol === 'https:' ? https : http
  const headers = { ...delivery.headers, 'Content-Length': delivery.body.length }
  return new Promise((resolve, reject) => {
    const request = client.request(url, { method: 'POST', headers, signal, agent, minVersion, ca })
    request.on('error', reject)
    // Without a listener the socket is closed, and nothing is ever heard of the request again.
    request.on('upgrade', ({ statusCode = 0, headers: replyHeaders }, socket) => {
      socket.destroy()
      resolve({ status: statusCode, replyHeaders, replyBody: '', replyBytes: 0 })
    })
    request.on('response', async (response) => {
      if (mishap === 'lost-reply') {
        reject(new MishapError(mishap))
        request.destroy()
        return
      }
      try {
        resolve({
          status: response.statusCode ?? 0,
          replyHeaders: response.headers,
          ...(await readText(response)),
        })
        // A reply that comes before the end of the body leaves nothing to wait for.
        if (!request.writableEnded) request.destroy()
      } catch (error) {
        reject(error)
      }
    })
    writeBody(request, delivery.body, mishap, slowBodyMs)
  })
}

/** Reads to the end, keeps the beginning. */
async function readText(response: IncomingMessage): Promise<{ replyBody: string; replyBytes: number }> {
  const kept: Buffer[] = []
  let replyBytes = 0
  for await (const chunk of response) {
    if (replyBytes < MAX_REPLY_BYTES) kept.push(chunk)
    replyBytes += chunk.length
  }
  return { replyBody: Buffer.concat(kept).subarray(0, MAX_REPLY_BYTES).toString(), replyBytes }
}
