import type { IncomingMessage } from 'node:http'
import type { TLSSocket } from 'node:tls'
import type { HttpRequest } from './request.ts'
import { readBody } from './steps/read.ts'

/** What an adapter knows of a request beside Node's own object. */
export interface NodeRequestContext {
  /** Further places where bytes may have been left, beside `req.rawBody` and `req.body`. @default none */
  left?: readonly unknown[]
  /** For our log, when a body parser ran first: the line to move. */
  remedy: string
}

/** Node's request as the receiver takes it. Touches nothing of it: the body stays unread until the head was admitted. */
export function nodeRequest(req: IncomingMessage, { left = [], remedy }: NodeRequestContext): HttpRequest {
  const { rawBody, body, socket } = req as IncomingMessage & { rawBody?: unknown; body?: unknown }
  const names = rawHeaders(req)
  return {
    method: req.method ?? '',
    rawHeaders: names,
    readBody: (limits) =>
      readBody({ stream: req, rawHeaders: names, left: [rawBody, body, ...left], remedy }, limits),
    remoteAddress: socket.remoteAddress,
    tls: (socket as Partial<TLSSocket>).getProtocol?.() ?? undefined,
  }
}

/** Requests that a serverless platform has rebuilt often have only `headers`. */
function rawHeaders(req: IncomingMessage): readonly string[] {
  if (req.rawHeaders.length > 0) return req.rawHeaders
  return Object.entries(req.headers).flatMap(([name, values]) =>
    [values].flat().flatMap((value) => [name, String(value)]),
  )
}
