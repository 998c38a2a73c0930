import type { SignedParts } from '@kyc-webhooks/core'
import { pairsOf } from '../capture.ts'
import type { Mistake, Undone } from '../mistake.ts'
import { type Suspect, signedOtherwise } from '../suspect.ts'

type Content = (body: Uint8Array) => readonly (string | Uint8Array)[]

/** What was signed beside the body, and how they were put together. */
export const SIGNED_CONTENT_MISTAKES: readonly Mistake[] = [
  {
    name: 'timestamp-not-signed',
    explanation: 'The body alone was signed, without the timestamp.',
    mend: "PRESS signs timestamp, dot and body, and so does UIP's session API; UIP's webhooks page does not: leave `scheme` at 'body' for it.",
    undone: (suspect) => [signing(suspect, (body) => [body])],
  },
  {
    name: 'timestamp-signed',
    explanation: 'Timestamp, dot and body were signed, and not the body alone.',
    mend: "For UIP's session API, set `scheme: 'timestamped'` (--scheme timestamped). ADVANCE.AI signs the body alone.",
    undone: (suspect) => timestamps(suspect).map((time) => signing(suspect, (body) => [time, '.', body])),
  },
  {
    name: 'separator',
    explanation: 'Timestamp and body were put together otherwise than with a dot between them.',
    mend: 'Look at what signs: it is timestamp, a dot, then the body, and nothing else.',
    undone: (suspect) =>
      timestamps(suspect).flatMap((time) => [
        ...SEPARATORS.map(([separator, how]) => signing(suspect, (body) => [time, separator, body], how)),
        signing(suspect, (body) => [body, '.', time], 'the body first'),
      ]),
  },
  {
    name: 'timestamp-unit',
    explanation: 'The timestamp was signed in another unit or form than its header has.',
    mend: 'Look at what signs: the text of the header, in seconds, is what is signed.',
    undone: (suspect) =>
      timestamps(suspect).flatMap((time) =>
        otherForms(time).map(([form, how]) => signing(suspect, (body) => [form, '.', body], how)),
      ),
  },
  {
    name: 'id-signed',
    explanation:
      'An id was signed too, before timestamp and body, as the Standard Webhooks specification has it.',
    mend: 'None of these providers does so: look at what signs, or define a provider of your own.',
    undone: (suspect) =>
      timestamps(suspect).flatMap((time) =>
        valuesNamed(suspect, /(^|-)(id|nonce)$/).map((id) =>
          signing(suspect, (body) => [id, '.', time, '.', body]),
        ),
      ),
  },
]

const SEPARATORS = [
  ['', 'nothing between them'],
  [':', 'a colon between them'],
  [',', 'a comma between them'],
  ['|', 'a bar between them'],
  ['-', 'a hyphen between them'],
  ['_', 'an underscore between them'],
  [' ', 'a space between them'],
  ['\n', 'a line break between them'],
] as const

function signing(suspect: Suspect, content: Content, how?: string): Undone {
  const signedContent = ({ body }: SignedParts) => content(body)
  return { suspect: signedOtherwise(suspect, { signedContent }), ...(how === undefined ? {} : { how }) }
}

/** Whatever may be the time of sending: the provider's own header first. */
const timestamps = (suspect: Suspect): string[] => valuesNamed(suspect, /(^|-)(timestamp|time|date)$/)

const valuesNamed = ({ rawHeaders }: Suspect, name: RegExp): string[] => [
  ...new Set(pairsOf(rawHeaders).flatMap(([key, value]) => (name.test(key.toLowerCase()) ? [value] : []))),
]

/** The same time in seconds, milliseconds and RFC 3339. */
function otherForms(time: string): [form: string, how: string][] {
  const ms = /^\d{12,}$/.test(time)
    ? Number(time)
    : /^\d+$/.test(time)
      ? Number(time) * 1_000
      : Date.parse(time)
  if (Number.isNaN(ms) || ms > 8.64e15) return []
  const seconds = Math.floor(ms / 1_000)
  const iso = new Date(ms).toISOString()
  const forms: [string, string][] = [
    [String(seconds), 'in seconds'],
    [String(ms), 'in milliseconds'],
    [iso, 'as a date and time'],
    [iso.replace(/\.\d+Z$/, 'Z'), 'as a date and time'],
  ]
  return forms.filter(([form]) => form !== time)
}
