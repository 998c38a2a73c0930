import type { PreparedDelivery } from '@kyc-webhooks/simulator'
import type { Step } from './expect-each.ts'

/** What a genuine signature becomes, without a `sha256=` in front. */
const CHANGES: readonly (readonly [sent: string, change: (signature: string) => string])[] = [
  ['the last digit of the signature is another', (text) => otherAt(text, text.replace(/=+$/, '').length - 1)],
  ['a digit in the middle of the signature is another', (text) => otherAt(text, Math.floor(text.length / 2))],
  ['the first half of the signature', (text) => text.slice(0, text.length / 2)],
  ['the signature with characters after it', (text) => `${text}00`],
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

function withSignature(delivery: PreparedDelivery, change: (value: string) => string): PreparedDelivery {
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
