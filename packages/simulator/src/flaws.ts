import type { PreparedDelivery } from './draft.ts'
import type { SignOptions } from './prepare.ts'
import type { HeaderNames } from './rules.ts'

/**
 * What can be wrong with a delivery, on purpose. Flaws of the body and of the timestamp are signed: only the flaw is wrong.
 *
 * - `bad-signature`: of the right form, but another one. `malformed-signature`: neither hex nor Base64.
 *   `missing-signature`: no such header.
 * - `altered-body`: one byte of the body was changed after signing.
 * - `stale-timestamp`, `future-timestamp`: ten minutes from now. `missing-timestamp`: no such header.
 * - `reused-nonce`: the nonce of the delivery that was accepted last. `missing-nonce`: no such header.
 * - `unsigned`: none of the headers that prove it (ADVANCE.AI with a `callbackUrl`).
 * - `malformed-body`: the JSON breaks off half-way.
 * - `conflict`: the same ids with other bytes: an unknown field is added.
 */
export type Flaw =
  | 'bad-signature'
  | 'malformed-signature'
  | 'missing-signature'
  | 'altered-body'
  | 'stale-timestamp'
  | 'future-timestamp'
  | 'missing-timestamp'
  | 'reused-nonce'
  | 'missing-nonce'
  | 'unsigned'
  | 'malformed-body'
  | 'conflict'

/** Flaws that every provider's deliveries can have. */
export const COMMON_FLAWS = [
  'bad-signature',
  'malformed-signature',
  'missing-signature',
  'altered-body',
  'malformed-body',
  'conflict',
] as const

/** Flaws of deliveries that carry a timestamp. */
export const TIMESTAMP_FLAWS = ['stale-timestamp', 'future-timestamp', 'missing-timestamp'] as const

/** Flaws of deliveries that carry a nonce. */
export const NONCE_FLAWS = ['reused-nonce', 'missing-nonce'] as const

/** All of them. */
export const FLAWS: readonly Flaw[] = [...COMMON_FLAWS, ...TIMESTAMP_FLAWS, ...NONCE_FLAWS, 'unsigned']

/** What a flaw does at each step of preparing a delivery. */
interface Effect {
  /** Before signing. */
  readonly body?: (body: Buffer) => Buffer
  /** In place of a fresh timestamp and nonce. */
  readonly signing?: (known: { now: number; usedNonce: string | undefined }) => SignOptions
  /** After signing. */
  readonly spoil?: (delivery: PreparedDelivery, names: HeaderNames) => PreparedDelivery
}

/** Twice the five minutes that PRESS and ADVANCE.AI tolerate. */
const OFFSET_SECONDS = 600

export const EFFECTS: Readonly<Record<Flaw, Effect>> = {
  'bad-signature': {
    spoil: (delivery, names) => withHeader(delivery, names.signature, otherDigit),
  },
  'malformed-signature': {
    spoil: (delivery, names) => withHeader(delivery, names.signature, () => '!'),
  },
  'missing-signature': {
    spoil: (delivery, names) => without(delivery, names.signature),
  },
  'altered-body': {
    spoil: (delivery) => ({ ...delivery, body: withOtherByte(delivery.body) }),
  },
  'stale-timestamp': {
    signing: ({ now }) => ({ timestamp: Math.floor(now / 1000) - OFFSET_SECONDS }),
  },
  'future-timestamp': {
    signing: ({ now }) => ({ timestamp: Math.floor(now / 1000) + OFFSET_SECONDS }),
  },
  'missing-timestamp': {
    spoil: (delivery, names) => without(delivery, names.timestamp),
  },
  'reused-nonce': {
    signing: ({ usedNonce }) => {
      if (usedNonce === undefined)
        throw new Error('No nonce can be reused: nothing was accepted before, or prepared by a signer')
      return { nonce: usedNonce }
    },
  },
  'missing-nonce': {
    spoil: (delivery, names) => without(delivery, names.nonce),
  },
  unsigned: {
    spoil: (delivery, names) => without(delivery, names.signature, names.timestamp, names.nonce),
  },
  'malformed-body': {
    body: (body) => body.subarray(0, Math.floor(body.length / 2)),
  },
  conflict: {
    body: withOtherField,
  },
}

function withHeader(
  delivery: PreparedDelivery,
  name: string,
  change: (value: string) => string,
): PreparedDelivery {
  return { ...delivery, headers: { ...delivery.headers, [name]: change(delivery.headers[name] ?? '') } }
}

function without(delivery: PreparedDelivery, ...names: (string | undefined)[]): PreparedDelivery {
  const kept = Object.entries(delivery.headers).filter(([name]) => !names.includes(name))
  return { ...delivery, headers: Object.fromEntries(kept) }
}

/** The first digit becomes another one of hex and of Base64; the form, and a `sha256=` in front, stay. */
function otherDigit(signature: string): string {
  return signature.replace(/^(sha256=)?(.)/, (_, prefix = '', digit) => prefix + (digit === 'a' ? 'b' : 'a'))
}

/** The middle byte becomes another printable one. */
function withOtherByte(body: Buffer): Buffer {
  const altered = Buffer.from(body)
  const middle = Math.floor(body.length / 2)
  altered[middle] = altered[middle] === 0x30 ? 0x31 : 0x30
  return altered
}

/** The outermost object gets a first member. Works on the bytes, so that every other byte stays as it was. */
function withOtherField(body: Buffer): Buffer {
  const start = body.indexOf('{') + 1
  const comma = /^\s*\}/.test(body.toString('latin1', start)) ? '' : ','
  const field = Buffer.from(`"simulated_conflict":true${comma}`)
  return Buffer.concat([body.subarray(0, start), field, body.subarray(start)])
}
