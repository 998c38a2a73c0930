import { timingSafeEqual } from 'node:crypto'
import type { Dialect } from './dialects.ts'
import type { Mistake } from './mistake.ts'

interface Proof {
  readonly dialect: Dialect
  readonly mistake: Mistake | undefined
  readonly headerOf: (name?: string) => string
  readonly algorithm: string
}

/** Is the delivery genuine, as somebody looks at it who may have made a mistake? */
export function proves({ dialect, mistake, headerOf, algorithm }: Proof, body: Buffer): boolean {
  if (mistake === 'no-signature-check') return true
  const timestamp = headerOf(dialect.timestamp)
  const signed = signedBy(mistake, body)
  const wanted = dialect.sign(signed, timestamp, algorithm)
  const given = givenBy(mistake, headerOf(dialect.signature), wanted)
  if (mistake === 'knows-an-empty-secret' && given === dialect.sign(signed, timestamp, algorithm, ''))
    return true
  if (given.length !== wanted.length) {
    if (mistake === 'throws-at-short-signatures')
      throw new RangeError('Input buffers must have the same length')
    return false
  }
  const [left, right] = [Buffer.from(given), Buffer.from(wanted)]
  if (left.length !== right.length && mistake !== 'throws-beyond-ascii') return false
  return timingSafeEqual(left, right)
}

function signedBy(mistake: Mistake | undefined, body: Buffer): Buffer | string {
  if (mistake === 'signs-parsed-body') return reserialised(body)
  if (mistake === 'decodes-the-body') return new TextDecoder().decode(body)
  if (mistake === 'puts-the-body-into-a-pattern')
    return Buffer.from('{body}'.replace('{body}', body.toString('latin1')), 'latin1')
  return body
}

function givenBy(mistake: Mistake | undefined, given: string, wanted: string): string {
  if (mistake === 'takes-the-last-of-a-list') return given.split(', ').at(-1) ?? ''
  if (mistake === 'reads-hex-leniently') {
    const encoding = wanted.endsWith('=') ? 'base64' : 'hex'
    return Buffer.from(given, encoding).toString(encoding)
  }
  return mistake === 'compares-beginnings' && given !== '' && given.slice(0, 16) === wanted.slice(0, 16)
    ? wanted
    : given
}

/** As it came when it is no JSON: that is for later. */
function reserialised(body: Buffer): string {
  try {
    return JSON.stringify(JSON.parse(body.toString()))
  } catch {
    return body.toString()
  }
}

/** Is its timestamp within five minutes? */
export function isFresh({ dialect, mistake, headerOf }: Proof): boolean {
  const timestamp = headerOf(dialect.timestamp)
  const seconds =
    mistake === 'parses-timestamps-leniently' ? Number.parseInt(timestamp, 10) : Number(timestamp)
  const offSeconds = Math.abs(Date.now() / 1_000 - seconds)
  if (mistake === 'no-stale-check') return true
  if (timestamp === '') return false
  if (mistake === 'lets-nan-pass') return !(offSeconds > 300)
  return offSeconds <= (mistake === 'allows-six-minutes' ? 360 : 300)
}
