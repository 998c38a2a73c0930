/** However a body is cut on its way, it is read as it was sent. */
import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readBody } from '../../src/steps/read.ts'
import { anyCharacter } from '../characters.ts'
import { chunked, declared, limits, reading, remedy } from '../support/reading.ts'
import { runs } from '../support/runs.ts'

/** Characters of one to four bytes, and bytes that are no characters. */
const sample = Buffer.concat([
  Buffer.from('{"é":"€😀ى\u2028"}\r\n'),
  Buffer.from([0xff, 0xef, 0xbb, 0xbf, 0x00]),
])

/** A request whose body comes in these pieces, some of them together, some one after the other. */
function requestOf(pieces: readonly Uint8Array[], isLate: (at: number) => boolean): IncomingMessage {
  const stream = new IncomingMessage(new Socket())
  const push = async () => {
    for (const [at, piece] of pieces.entries()) {
      if (isLate(at)) await turn()
      stream.push(piece)
    }
    stream.complete = true
    stream.push(null)
  }
  void push()
  return stream
}

const read = (pieces: readonly Uint8Array[], isLate: (at: number) => boolean) =>
  readBody(
    { stream: requestOf(pieces, isLate), left: [], rawHeaders: [], remedy },
    { ...limits, maxBytes: 1_000 },
  )

/** The bytes cut at these places. */
function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const ends = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b)
  return [...ends, bytes.length].map((end, at) => bytes.subarray(at === 0 ? 0 : ends[at - 1], end))
}

describe('from a stream', () => {
  it('cut in one place and in two, wherever they are', async () => {
    for (let first = 0; first <= sample.length; first++) {
      for (let second = first; second <= sample.length; second++) {
        const pieces = cut(sample, [first, second]).filter((piece) => piece.length > 0)
        const bytes = await read(pieces, (at) => (first + at) % 2 === 0)
        expect(Buffer.compare(bytes, sample), `${first}, ${second}`).toBe(0)
      }
    }
  })

  it('byte by byte', async () => {
    for (const isLate of [() => true, () => false, (at: number) => at % 3 === 0])
      expect(
        Buffer.compare(
          await read(
            [...sample].map((byte) => Uint8Array.of(byte)),
            isLate,
          ),
          sample,
        ),
      ).toBe(0)
  })
})

describe('over a socket', () => {
  const bodies = fc.oneof(
    fc.uint8Array({ maxLength: limits.maxBytes }),
    fc.string({ unit: anyCharacter, maxLength: 15 }).map((text) => Buffer.from(text)),
  )
  const places = fc.array(fc.nat(limits.maxBytes), { maxLength: 8 })

  it('in whatever writes, with a length or in chunks of whatever sizes', async () => {
    await fc.assert(
      fc.asyncProperty(bodies, places, places, fc.boolean(), async (body, chunks, writes, isChunked) => {
        const coded = cut(body, chunks).filter((chunk) => chunk.length > 0)
        const framed = isChunked
          ? [
              chunked,
              ...coded.flatMap((chunk) => [`${chunk.length.toString(16)}\r\n`, chunk, '\r\n']),
              '0\r\n\r\n',
            ]
          : [declared(body.length), body]
        const message = Buffer.concat(framed.map((part) => Buffer.from(part)))
        const { socket, outcome, close } = await reading()
        for (const piece of cut(
          message,
          writes.map((place) => place * 7),
        )) {
          socket.write(piece)
          await turn()
        }
        expect(await outcome).toEqual(new Uint8Array(body))
        close()
      }),
      runs(60),
    )
  })
})
