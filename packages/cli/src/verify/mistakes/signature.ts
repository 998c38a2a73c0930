import type { Mistake } from '../mistake.ts'
import { signedOtherwise } from '../suspect.ts'

/** What is wrong about the signature as such. */
export const SIGNATURE_MISTAKES: readonly Mistake[] = [
  {
    name: 'algorithm',
    explanation: 'It was signed with the other algorithm.',
    mend: 'For ADVANCE.AI, set `algorithm` (--algorithm) to what its console has for this webhook. The others sign with SHA-256.',
    undone: (suspect) => {
      const algorithm = suspect.provider.signature.algorithm === 'sha256' ? 'sha512' : 'sha256'
      const how = algorithm === 'sha512' ? 'SHA-512' : 'SHA-256'
      return [{ suspect: signedOtherwise(suspect, { algorithm }), how }]
    },
  },
  {
    name: 'signature-encoding',
    explanation: 'The signature is written otherwise than the provider writes it.',
    mend: 'Look at what signs: PRESS and UIP write hex, ADVANCE.AI Base64 with padding.',
    undone: (suspect) => [
      { suspect: signedOtherwise(suspect, { encoding: 'hex', candidates: plain }), how: 'in hex' },
      { suspect: signedOtherwise(suspect, { encoding: 'base64', candidates: standard }), how: 'in Base64' },
    ],
  },
  {
    name: 'signature-decorated',
    explanation:
      'Something stands around the signature in its header: a prefix such as `sha256=`, quotes, a list.',
    mend: 'Look at what signs, or at the proxy between: the header holds the signature alone.',
    undone: (suspect) => [{ suspect: signedOtherwise(suspect, { candidates: undecorated }) }],
  },
]

const plain = (value: string): string[] => [value]

/** Base64 in the alphabet for URLs, or without padding, made standard. */
function standard(value: string): string[] {
  const digits = value.replaceAll('-', '+').replaceAll('_', '/').replace(/=+$/, '')
  return [digits.padEnd(4 * Math.ceil(digits.length / 4), '=')]
}

/** The parts of a list, each without a name before it and without quotes. */
function undecorated(value: string): string[] {
  return value
    .split(/[\s;]+|,(?=\s*[\w-]+=)|,/)
    .flatMap((part) => [part, part.replace(/^[A-Za-z][\w-]{0,15}[=:]/, '')])
    .map((part) => part.replace(/^["'](.*)["']$/, '$1'))
    .filter((part) => part !== '')
}
