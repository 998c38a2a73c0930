import { expect } from 'vitest'
import type { AdapterCase } from './adapter-case.ts'
import { expectUnharmed } from './adapter-harm.ts'
import { sampleBody } from './adapter-samples.ts'
import { chunked, rawRequest, signedLines } from './raw-request.ts'

/** Makes a message of the header lines of a rightly signed delivery and its body. */
type Shape = (lines: readonly string[], body: string) => string

const length = (body: string) => `Content-Length: ${body.length}`
const hex = (body: string) => body.length.toString(16)

const ofLength =
  (line: (body: string) => string): Shape =>
  (lines, body) =>
    rawRequest([...lines, line(body)], body)

const ofCoding =
  (...codings: string[]): Shape =>
  (lines, body) =>
    rawRequest([...lines, ...codings], chunked(body))

const ofChunks =
  (chunks: (body: string) => string): Shape =>
  (lines, body) =>
    rawRequest([...lines, 'Transfer-Encoding: chunked'], chunks(body))

/**
 * Messages that two HTTP parsers in a row may take apart differently (RFC 9112, sections 2.2, 5 and 6), which is how
 * requests are smuggled past a proxy. None of them is ever processed, however well it is signed.
 */
const shapes: readonly [name: string, shape: Shape][] = [
  ['a length and chunks', (lines, body) => ofCoding('Transfer-Encoding: chunked', length(body))(lines, body)],
  ['chunks and a length', (lines, body) => ofCoding(length(body), 'Transfer-Encoding: chunked')(lines, body)],
  ['two lengths', ofLength((body) => `${length(body)}\r\nContent-Length: ${body.length + 5}`)],
  ['the same length twice', ofLength((body) => `${length(body)}\r\n${length(body)}`)],
  ['a list of lengths', ofLength((body) => `${length(body)},${body.length}`)],
  ['two lengths in one', ofLength((body) => `${length(body)} ${body.length}`)],
  ['a length with a plus', ofLength((body) => `Content-Length: +${body.length}`)],
  ['a length in hex', ofLength((body) => `Content-Length: 0x${hex(body)}`)],
  ['a length below nothing', ofLength(() => 'Content-Length: -1')],
  ['a length with a fraction', ofLength((body) => `${length(body)}.0`)],
  ['a length of no digits', ofLength(() => 'Content-Length: ')],
  ['a length of more than 64 bits', ofLength(() => 'Content-Length: 18446744073709551616')],
  ['a length that is too short', ofLength((body) => `Content-Length: ${body.length - 5}`)],
  ['no length at all', ofLength(() => 'X-A: b')],
  ['a length behind white space', ofLength((body) => `Content-Length : ${body.length}`)],
  ['a length on a folded line', ofLength((body) => `Content-Length:\r\n ${body.length}`)],
  ['chunks behind a comma', ofCoding('Transfer-Encoding: ,chunked')],
  ['chunks behind identity', ofCoding('Transfer-Encoding: identity, chunked')],
  ['chunks of something compressed', ofCoding('Transfer-Encoding: gzip, chunked')],
  ['chunks that are not last', ofCoding('Transfer-Encoding: chunked, identity')],
  ['chunks twice', ofCoding('Transfer-Encoding: chunked', 'Transfer-Encoding: chunked')],
  ['chunks of chunks', ofCoding('Transfer-Encoding: chunked, chunked')],
  ['chunks of another name', ofCoding('Transfer-Encoding: xchunked')],
  ['chunks in quotes', ofCoding('Transfer-Encoding: "chunked"')],
  ['chunks behind a vertical tab', ofCoding('Transfer-Encoding: \x0bchunked')],
  ['chunks behind white space', ofCoding('Transfer-Encoding : chunked')],
  ['a chunk size in the notation of C', ofChunks((body) => `0x${chunked(body)}`)],
  ['a chunk size with a sign', ofChunks((body) => `-${chunked(body)}`)],
  ['a chunk size of more than 64 bits', ofChunks((body) => `f${'f'.repeat(16)}\r\n${body}\r\n0\r\n\r\n`)],
  ['a chunk size before a bare LF', ofChunks((body) => `${hex(body)}\n${body}\r\n0\r\n\r\n`)],
  ['a chunk extension before a bare LF', ofChunks((body) => `${hex(body)};\n${body}\r\n0\r\n\r\n`)],
  ['a chunk longer than its size', ofChunks((body) => `${hex(body.slice(2))}\r\n${body}\r\n0\r\n\r\n`)],
  ['lines that end in a bare LF', (lines, body) => ofLength(length)(lines, body).replaceAll('\r\n', '\n')],
  ['a line that ends in a bare LF', ofLength((body) => `X-A: b\n${length(body)}`)],
  ['a line that ends in a bare CR', ofLength((body) => `X-A: b\r${length(body)}`)],
  ['a NUL in a value', ofLength((body) => `X-A: b\0c\r\n${length(body)}`)],
  ['a NUL in a name', ofLength((body) => `X-\0A: b\r\n${length(body)}`)],
  ['a line without a colon', ofLength((body) => `nonsense\r\n${length(body)}`)],
  ['a header without a name', ofLength((body) => `: x\r\n${length(body)}`)],
]

/** Where a message ends is never in doubt. */
export const framingCases: readonly AdapterCase[] = shapes.map(([name, shape]) => ({
  name: `a delivery with ${name} is not processed`,
  async run(fixture) {
    const body = sampleBody()
    const connection = fixture.connect()
    connection.write(Buffer.from(shape(signedLines(body), Buffer.from(body).toString()), 'latin1'))
    const outcome = await connection.outcome()
    if (outcome !== 'closed') {
      expect([400, 401, 411, 413, 415, 431, 501]).toContain(outcome)
      await connection.closed()
    }
    await expectUnharmed(fixture, [])
  },
}))
