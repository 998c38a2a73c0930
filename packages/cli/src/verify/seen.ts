import type { ErrorCode } from '@kyc-webhooks/core'
import { valuesOf } from './capture.ts'
import type { Finding } from './find-mistakes.ts'
import type { Suspect } from './suspect.ts'

type Sight = (suspect: Suspect) => Finding

const missing =
  (part: 'signature' | 'timestamp' | 'nonce'): Sight =>
  ({ provider }) => ({
    name: 'header-missing',
    explanation: `The header ${provider[part]?.header} is missing.`,
    mend:
      (part === 'signature' ? provider.signature.missingHint : undefined) ??
      'Have the proxy or gateway in front pass it on; look whether it is the right provider.',
  })

/** What core's codes say by themselves: no signature is needed to see it. */
const SIGHTS: Partial<Record<ErrorCode, Sight>> = {
  'signature-missing': missing('signature'),
  'timestamp-missing': missing('timestamp'),
  'nonce-missing': missing('nonce'),
  'timestamp-malformed': (suspect) => ({
    name: 'timestamp-unit',
    explanation: isInMilliseconds(suspect)
      ? 'The timestamp is in milliseconds, and is wanted in seconds.'
      : 'The timestamp is not a number of Unix seconds.',
    mend: 'Look at what signs, or at what rewrites the header on the way.',
  }),
  'nonce-malformed': () => ({
    name: 'nonce-malformed',
    explanation: 'The nonce is longer than 512 characters, or not of visible ASCII.',
    mend: 'Look at what sends it.',
  }),
  'header-repeated': () => ({
    name: 'header-repeated',
    explanation: 'A header that something is decided by was sent twice.',
    mend: 'Find what adds it: a receiver refuses what it would have to choose from.',
  }),
  'signature-malformed': ({ provider }) => ({
    name: 'signature-malformed',
    explanation: `The signature is not ${provider.signature.encoding} of ${provider.signature.algorithm}.`,
    mend: 'Look whether it was cut off, and whether it is the right provider.',
  }),
  'encoding-not-supported': () => ({
    name: 'content-encoding',
    explanation:
      'The body was sent encoded (Content-Encoding, Transfer-Encoding): the signature is over other bytes.',
    mend: 'Have it sent without, or have the proxy leave it alone.',
  }),
  'secret-malformed': () => ({
    name: 'secret-malformed',
    explanation: 'The secret is not of the form that the provider issues.',
    mend: 'Copy it whole from where the provider shows it.',
  }),
  'secret-too-short': () => ({
    name: 'secret-too-short',
    explanation: 'The secret is too short to be one.',
    mend: 'Copy it whole from where the provider shows it.',
  }),
}

/** What core's code says of a capture, or its length. */
export function seen(code: 'accepted' | ErrorCode, suspect: Suspect): Finding | undefined {
  const sight = code === 'accepted' ? undefined : SIGHTS[code]
  return sight?.(suspect) ?? bodyCut(suspect)
}

function bodyCut(suspect: Suspect): Finding | undefined {
  const lacking = Number(valuesOf(suspect, 'content-length')[0] ?? 0) - suspect.body.length
  if (!(lacking > 0)) return undefined
  return {
    name: 'body-cut',
    explanation: `The body lacks ${lacking} bytes of what Content-Length says.`,
    mend: 'Capture it whole.',
  }
}

const isInMilliseconds = (suspect: Suspect): boolean =>
  /^\d{13}$/.test(valuesOf(suspect, suspect.provider.timestamp?.header ?? '')[0] ?? '')
