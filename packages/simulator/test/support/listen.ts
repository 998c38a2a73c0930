import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { TLSSocket, TlsOptions } from 'node:tls'
import { onTestFinished } from 'vitest'

/** A request as it came over the wire. */
export interface Heard {
  method: string | undefined
  path: string | undefined
  headers: IncomingMessage['headers']
  body: Buffer
  tls: string | null | undefined
}

/** What to reply: a status, or anything. */
export type Reply = number | ((request: IncomingMessage, response: ServerResponse) => void)

export interface Listener {
  url: string
  heard: Heard[]
}

/** With a certificate: an HTTPS server. */
export interface ListenOptions extends TlsOptions {
  /** Hears of requests that broke off; without it, they are forgotten. */
  onError?: (error: unknown) => void
}

/** A real server on 127.0.0.1 until the test is over. Replies in order; the last reply is for all that follow. */
export async function listen(
  replies: readonly [Reply, ...Reply[]],
  { onError, ...tlsOptions }: ListenOptions = {},
): Promise<Listener> {
  const tls = tlsOptions.cert === undefined ? undefined : tlsOptions
  const heard: Heard[] = []
  const onRequest: RequestListener = async (request, response) => {
    const chunks: Buffer[] = []
    try {
      for await (const chunk of request) chunks.push(chunk)
    } catch (error) {
      onError?.(error)
      return
    }
    const { method, url: path, headers } = request
    const protocol = tls && (request.socket as TLSSocket).getProtocol()
    heard.push({ method, path, headers, body: Buffer.concat(chunks), tls: protocol })
    const reply = replies[Math.min(heard.length, replies.length) - 1] ?? replies[0]
    if (typeof reply === 'number') response.writeHead(reply).end()
    else reply(request, response)
  }
  const server = tls ? createSecureServer(tls, onRequest) : createServer(onRequest)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  return { url: `${tls ? 'https' : 'http'}://127.0.0.1:${port}/webhooks?x=1`, heard }
}
