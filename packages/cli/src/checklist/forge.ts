import { createHmac } from 'node:crypto'
import type { PreparedDelivery } from '@kyc-webhooks/simulator'
import type { Step } from './expect-each.ts'
import type { Target } from './target.ts'

/** What a genuine signature becomes, without a `sha256=` in front. */
const CHANGES: readonly (readonly [sent: string, change: (signature: string) => string])[] = [
  ['the last digit of the signature is another', (text) => otherAt(text, text.replace(/=+$/, '').length - 1)],
  ['a digit in the middle of the signature is another', (text) => otherAt(text, Math.floor(text.length / 2))],
  ['the first half of the signature', (text) => text.slice(0, text.length / 2)],
  ['the signature with characters after it', (text) => `${text}00`],
  // As many characters, and one byte more: `timingSafeEqual` throws.
  ['a character of the signature is none of ASCII', (text) => `\u00e9${text.slice(1)}`],
]

/** Forgeries that a comparison of beginnings alone, or none when it is empty, lets through. */
export function almostSigned(prepare: () => PreparedDelivery): Step[] {
  const changed = CHANGES.map(([sent, change]): Step => {
    const keepingPrefix = (value: string) =>
      value.replace(/^(sha256=)?(.*)$/, (_, prefix = '', digits) => prefix + change(digits))
    return [sent, withSignature(prepare(), keepingPrefix)]
  })
  return [...changed, ['an empty signature', withSignature(prepare(), () => '')]]
}

/** What a secret is where none was set: one of several, perhaps, during a rotation. */
const NO_SECRETS = [
  ['an empty key', ''],
  ['`undefined` for a key', 'undefined'],
] as const

/** Signed as the provider signs, by somebody who has no secret. */
export function signedWithoutSecret(
  { provider }: Pick<Target, 'provider'>,
  prepare: () => PreparedDelivery,
): Step[] {
  return NO_SECRETS.map(([what, secret]) => {
    const delivery = prepare()
    const key = Buffer.from(secret, provider === 'advance-ai' ? 'base64' : 'utf8')
    return [`signed with ${what}`, withSignature(delivery, (genuine) => signature(delivery, key, genuine))]
  })
}

/** By another key, and in all else as the genuine one. */
function signature({ headers, body }: PreparedDelivery, key: Buffer, genuine: string): string {
  const encoding = genuine.endsWith('=') ? 'base64' : 'hex'
  const isShort = Buffer.from(genuine, encoding).length === 32
  // ADVANCE.AI, the only one that writes Base64, does not sign its timestamp.
  const time = Object.entries(headers).find(([name]) => encoding === 'hex' && /timestamp$/i.test(name))?.[1]
  const hmac = createHmac(isShort ? 'sha256' : 'sha512', key)
  return hmac
    .update(time === undefined ? '' : `${time}.`)
    .update(body)
    .digest(encoding)
}

export function withSignature(
  delivery: PreparedDelivery,
  change: (value: string) => string,
): PreparedDelivery {
  const headers = Object.entries(delivery.headers).map(([name, value]) => [
    name,
    /signature$/i.test(name) ? change(value) : value,
  ])
  return { ...delivery, headers: Object.fromEntries(headers) }
}

/** Another digit, of hex or Base64: the bits that count at the end of Base64 are its upper two. */
function otherAt(text: string, at: number): string {
  const digit = text.charAt(at)
  const other = text.endsWith('=') ? (/[A-P]/.test(digit) ? 'w' : 'A') : digit === '0' ? '1' : '0'
  return text.slice(0, at) + other + text.slice(at + 1)
}

/** What a decoder makes of a byte that is no UTF-8. */
const REPLACEMENT = Buffer.from('\ufffd')

/** The first character that a decoder puts in place of what it cannot read becomes something that it cannot read. */
export function withoutCharacter(body: Buffer): Buffer {
  const at = body.indexOf(REPLACEMENT)
  return Buffer.concat([body.subarray(0, at), Buffer.from([0xff]), body.subarray(at + REPLACEMENT.length)])
}

/** The first digit from the middle on becomes another one: what was JSON still is. */
export function withOtherDigit(body: Buffer): Buffer {
  const isDigit = (byte: number) => byte >= 0x31 && byte <= 0x39
  const middle = Math.floor(body.length / 2)
  const beyond = body.subarray(middle).findIndex(isDigit)
  const at = beyond < 0 ? body.findIndex(isDigit) : middle + beyond
  const altered = Buffer.from(body)
  altered[at] = altered[at] === 0x31 ? 0x32 : 0x31
  return altered
}
