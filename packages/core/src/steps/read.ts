import type { IncomingMessage } from 'node:http'
import { Rejection } from '../errors.ts'
import type { ReadLimits } from '../request.ts'

/** Where the bytes of a body may be. */
export interface BodySource {
  stream: IncomingMessage
  rawHeaders: readonly string[]
  /** Where a platform or a raw parser may have left the bytes. A string is decoded text, not bytes. */
  left: readonly unknown[]
  /** For our log, when a body parser ran first: the line to move. */
  remedy: string
}

/**
 * The exact bytes of a body: those that were left for us, else those of the unread stream. Never waits for a stream that
 * somebody else has read, and never makes bytes of a parsed body: those are not the bytes that were signed.
 * Throws a `Rejection`.
 */
export async function readBody(
  { stream, rawHeaders, left, remedy }: BodySource,
  limits: ReadLimits,
): Promise<Uint8Array> {
  const declared = declaredLength(rawHeaders)
  if (declared !== undefined && declared > limits.maxBytes) throw new Rejection('body-too-large')
  const bytes =
    left.find((value) => value instanceof Uint8Array) ?? (await readUnread(stream, remedy, limits))
  if (bytes.length > limits.maxBytes) throw new Rejection('body-too-large')
  // A prefix can carry a signature that is right for the prefix.
  if (declared !== undefined && declared !== bytes.length) throw new Rejection('body-incomplete')
  return bytes
}

/** Node's parser has refused a repeated or malformed length before we see it. */
function declaredLength(rawHeaders: readonly string[]): number | undefined {
  // Not `stream.headers`: Node makes that object when it is first asked for.
  const at = rawHeaders.findIndex((name, index) => index % 2 === 0 && /^content-length$/i.test(name))
  return at === -1 ? undefined : Number(rawHeaders[at + 1])
}

function readUnread(
  stream: IncomingMessage,
  remedy: string,
  limits: ReadLimits,
): Promise<Uint8Array> | Uint8Array {
  if (stream.readableEnded && !stream.readableDidRead) return new Uint8Array()
  // Chunks that are gone, decoded text, or a reader that takes the chunks before us.
  const taken =
    stream.readableDidRead || stream.readableEncoding !== null || stream.listenerCount('readable') > 0
  if (taken) throw new Rejection('body-consumed', remedy)
  if (stream.destroyed) throw new Rejection('body-incomplete')
  return readStream(stream, limits)
}

function readStream(stream: IncomingMessage, limits: ReadLimits): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    let bytes: Buffer = Buffer.alloc(0)
    let length = 0
    let settled = false
    const { place } = limits

    const onData = (chunk: Buffer) => {
      if (length + chunk.length > limits.maxBytes) return settle(new Rejection('body-too-large'))
      // Most bodies are one chunk. It is not copied, unless it would keep a larger buffer that it lies in.
      if (length === 0 && chunk.length === chunk.buffer.byteLength) {
        place?.take(chunk.length)
        if (settled) return
        length = chunk.length
        bytes = chunk
        return
      }
      // One growing buffer: as a list, a body of 1 MiB sent in one-byte chunks took 586 MB.
      if (length + chunk.length > bytes.length) {
        const twice = Math.min(2 * bytes.length, limits.maxBytes)
        const larger = Buffer.allocUnsafeSlow(Math.max(length + chunk.length, twice))
        bytes.copy(larger, 0, 0, length)
        place?.take(larger.length - bytes.length)
        if (settled) return
        bytes = larger
      }
      length += chunk.copy(bytes, length)
    }
    // `complete` is what tells a whole body from one that was cut off; requests that are not Node's own may lack it.
    const onEnd = () =>
      settle(stream.complete === false || stream.aborted ? new Rejection('body-incomplete') : undefined)
    const onCut = () => settle(new Rejection('body-incomplete'))
    const timer = setTimeout(() => settle(new Rejection('body-too-slow')), limits.timeoutMs)

    function settle(rejection: Rejection | undefined): void {
      settled = true
      clearTimeout(timer)
      stream.off('data', onData).off('end', onEnd).off('error', onCut).off('close', onCut)
      if (rejection === undefined) resolve(bytes.subarray(0, length))
      else reject(rejection)
    }

    if (place !== undefined) place.onGivenUp = settle
    stream.on('data', onData).on('end', onEnd).on('error', onCut).on('close', onCut)
    // Somebody may have paused it; adding a listener does not undo that.
    stream.resume()
  })
}
