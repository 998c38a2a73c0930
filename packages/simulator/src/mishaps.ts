import type { ClientRequest } from 'node:http'

/**
 * What can go wrong with a delivery on its way, whatever is in it.
 *
 * - `truncated-body`: `Content-Length` tells the whole, half of it is sent, and then the connection is cut.
 * - `stalled-body`: half of it is sent, and then nothing more, until the time limit is over.
 * - `slow-body`: it comes piece by piece, over `SimulatorOptions.slowBodyMs`.
 * - `lost-reply`: all of it is sent, and the connection is cut when the reply comes. The receiver has it; the provider does not know.
 */
export type Mishap = 'truncated-body' | 'stalled-body' | 'slow-body' | 'lost-reply'

/** All of them; each can happen to every provider. */
export const MISHAPS: readonly Mishap[] = ['truncated-body', 'stalled-body', 'slow-body', 'lost-reply']

/** The connection was cut on purpose. */
export class MishapError extends Error {
  readonly code: Mishap
  constructor(code: Mishap) {
    super(code)
    this.code = code
  }
}

/** Pieces that a slow body comes in. */
const PIECES = 10

/** Writes a body as the mishap has it, and ends the request if all of it was written. */
export function writeBody(
  request: ClientRequest,
  body: Buffer,
  mishap: Mishap | undefined,
  slowBodyMs: number,
): void {
  const half = body.subarray(0, Math.floor(body.length / 2))
  switch (mishap) {
    case 'truncated-body':
      request.write(half, () => request.destroy(new MishapError(mishap)))
      break
    case 'stalled-body':
      request.write(half)
      break
    case 'slow-body':
      trickle(request, body, slowBodyMs)
      break
    default:
      request.end(body)
  }
}

/** The first piece at once, the last when the time is over. Stops when there is a reply, or the connection closes. */
function trickle(request: ClientRequest, body: Buffer, overMs: number): void {
  const size = Math.ceil(body.length / PIECES)
  let sent = 0
  function next(): void {
    request.write(body.subarray(sent, sent + size))
    sent += size
    if (sent < body.length) return
    clearInterval(timer)
    request.end()
  }
  const timer = setInterval(next, overMs / (PIECES - 1))
  for (const event of ['response', 'close'] as const) request.once(event, () => clearInterval(timer))
  next()
}
