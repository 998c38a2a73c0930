import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync, zstdDecompressSync } from 'node:zlib'
import { pairsOf, valuesOf } from '../capture.ts'
import { dechunked } from '../dechunked.ts'
import type { Mistake, Undone } from '../mistake.ts'
import { reserialisations } from '../reserialise.ts'
import type { Suspect } from '../suspect.ts'

/** How the bytes of the capture came to be others than those that were signed. */
export const BODY_MISTAKES: readonly Mistake[] = [
  {
    name: 'trailing-newline-added',
    explanation: 'A line break was added at the end of the body.',
    mend: 'If only the capture has it, an editor put it there. If the receiver sees it too, find what adds it on the way.',
    undone: (suspect) =>
      ['\r\n', '\n'].flatMap((end) => (endsIn(suspect, end) ? [cut(suspect, end.length)] : [])),
  },
  {
    name: 'trailing-newline-cut',
    explanation: 'A line break at the end of the body was cut off.',
    mend: 'Pass the exact bytes on: something trims the body.',
    undone: (suspect) =>
      ['\n', '\r\n'].map((end) => bytes(suspect, Buffer.concat([suspect.body, Buffer.from(end)]))),
  },
  {
    name: 'line-endings-changed',
    explanation: 'CRLF and LF were exchanged in the body.',
    mend: 'Pass the exact bytes on: something treats the body as text. Git does so too with captures, unless told otherwise.',
    undone: (suspect) => [
      latin1(suspect, (text) => text.replaceAll('\r\n', '\n'), 'LF was sent'),
      latin1(suspect, (text) => text.replaceAll(/\r?\n/g, '\r\n'), 'CRLF was sent'),
    ],
  },
  {
    name: 'byte-order-mark',
    explanation: 'A byte order mark was added to the body, or taken from it.',
    mend: 'Pass the exact bytes on: something decodes the body as text, and encodes it again.',
    undone: (suspect) => [
      suspect.body.subarray(0, 3).equals(BOM)
        ? bytes(suspect, suspect.body.subarray(3), 'it was sent without')
        : bytes(suspect, Buffer.concat([BOM, suspect.body]), 'it was sent with one'),
    ],
  },
  {
    name: 'body-re-serialised',
    explanation: 'The body was parsed and written anew: the same values in other bytes.',
    mend: 'Verify the bytes as they arrived: put the receiver above body parsers (docs/guides/raw-body.md).',
    undone: (suspect) =>
      reserialisations(suspect.body).map(({ text, how }) => bytes(suspect, Buffer.from(text), how)),
  },
  {
    name: 'charset',
    explanation: 'The body, which is UTF-8, was read as Latin-1 and written as UTF-8.',
    mend: 'Pass the exact bytes on: something decodes the body with a charset that nobody named.',
    undone: (suspect) => [bytes(suspect, Buffer.from(suspect.body.toString('utf8'), 'latin1'))],
  },
  {
    name: 'body-base64',
    explanation: 'The body is still in Base64, as serverless platforms hand bytes over.',
    mend: 'Decode it first: docs/guides/raw-body.md says how.',
    undone: (suspect) => [bytes(suspect, Buffer.from(suspect.body.toString('latin1'), 'base64'))],
  },
  {
    name: 'body-quoted',
    explanation: 'The body is a JSON string with the body in it, as logs write it.',
    mend: 'Take the bytes where they arrive, and not from a log.',
    undone: (suspect) => {
      const text = parsed(suspect.body)
      return typeof text === 'string' ? [bytes(suspect, Buffer.from(text))] : []
    },
  },
  {
    name: 'content-encoding',
    explanation: 'The body was compressed after it was signed.',
    mend: 'Have it sent without Content-Encoding, or have the proxy that compresses it, or inflates it, leave both body and header alone.',
    undone: (suspect) => inflations(suspect),
  },
  {
    name: 'chunk-framing',
    explanation: 'The capture has the framing of Transfer-Encoding: chunked in the body.',
    mend: 'Capture the body behind the HTTP parser.',
    undone: (suspect) => {
      const body = dechunked(suspect.body)
      return body === undefined ? [] : [bytes(suspect, body)]
    },
  },
]

const BOM = Buffer.from([0xef, 0xbb, 0xbf])
const INFLATERS = [gunzipSync, inflateSync, inflateRawSync, brotliDecompressSync, zstdDecompressSync]
/** No body of a provider is nearly as large. */
const MAX_INFLATED_BYTES = 16_777_216

const bytes = (suspect: Suspect, body: Buffer, how?: string): Undone => ({
  suspect: { ...suspect, body },
  ...(how === undefined ? {} : { how }),
})

const cut = (suspect: Suspect, length: number): Undone => bytes(suspect, suspect.body.subarray(0, -length))

const endsIn = ({ body }: Suspect, end: string): boolean =>
  body.length > end.length && body.subarray(-end.length).equals(Buffer.from(end))

/** A change of single bytes. */
const latin1 = (suspect: Suspect, change: (text: string) => string, how: string): Undone =>
  bytes(suspect, Buffer.from(change(suspect.body.toString('latin1')), 'latin1'), how)

/** Inflated, or already inflated with the header left on. */
function* inflations(suspect: Suspect): Generator<Undone> {
  if (valuesOf(suspect, 'content-encoding').length === 0) return
  const rawHeaders = pairsOf(suspect.rawHeaders)
    .filter(([name]) => name.toLowerCase() !== 'content-encoding')
    .flat()
  yield bytes({ ...suspect, rawHeaders }, suspect.body, 'it was inflated since')
  for (const inflate of INFLATERS) {
    const body = attempted(() => inflate(suspect.body, { maxOutputLength: MAX_INFLATED_BYTES }))
    if (body !== undefined) yield bytes({ ...suspect, rawHeaders }, body)
  }
}

const parsed = (body: Buffer): unknown => attempted(() => JSON.parse(body.toString('utf8')))

function attempted<T>(make: () => T): T | undefined {
  try {
    return make()
  } catch {
    return undefined
  }
}
