import type { ServerResponse } from 'node:http'
import type { Reply } from './request.ts'

/** How long a connection is kept for the reply to be read while the rest of its request still comes in, in milliseconds. */
const LINGER_MS = 1_000

/**
 * Sends a reply as it stands: whatever a framework or a middleware has put on the response before is taken off it.
 * Does nothing when the client is gone or somebody else has replied. See docs/decisions/0004-replies-are-cores.md.
 */
export function sendReply(res: ServerResponse, reply: Reply): void {
  if (res.headersSent || res.destroyed) return
  const http1 = res.req.httpVersionMajor < 2
  // `connection` is the server's own: it is set while the server shuts down.
  for (const name of res.getHeaderNames()) if (name !== 'connection') res.removeHeader(name)
  const { connection, ...others } = reply.headers
  if (http1) res.statusMessage = ''
  if (res.req.complete === false && http1) linger(res, reply)
  else res.writeHead(reply.status, http1 ? reply.headers : others).end(reply.body)
}

/**
 * Node closes the connection as soon as such a reply is written, and closing it over unread bytes resets it, which can
 * take the reply away from a client that is still sending. So what comes in is thrown away for a while first.
 */
function linger(res: ServerResponse, reply: Reply): void {
  const end = () => {
    clearTimeout(timer)
    res.end()
  }
  const timer = setTimeout(end, LINGER_MS)
  res.writeHead(reply.status, { ...reply.headers, connection: 'close' }).write(reply.body)
  res.req.once('close', end).resume()
}
