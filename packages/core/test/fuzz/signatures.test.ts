/** Whatever is changed about a signed delivery, it is refused and leaves no trace; unless nothing is changed by it. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Provider } from '../../src/provider.ts'
import { advanceAi } from '../../src/providers/advance-ai.ts'
import { press } from '../../src/providers/press.ts'
import { uip } from '../../src/providers/uip.ts'
import { accepts } from '../support/accepts.ts'
import { mutated, mutation } from '../support/mutations.ts'
import { receiving } from '../support/receiving.ts'
import { runs } from '../support/runs.ts'
import {
  type Delivery,
  SECRETS,
  signedAdvanceAi,
  signedPress,
  signedUip,
  signedUipSession,
} from '../support/signed.ts'
import { aaiCompleted, pressEnvelope, uipIdentify, uipStep } from '../vectors/documented.ts'

interface Signed {
  name: string
  provider: Provider
  secret: string
  delivery: Delivery
  signature: string
  /** The signed headers. */
  signed: readonly string[]
  /** What in a signature's spelling makes no difference. */
  spelling: (signature: string) => string
}

const hex = (signature: string) => signature.toLowerCase()

const all: readonly Signed[] = [
  {
    name: 'PRESS',
    provider: press(),
    secret: SECRETS.press,
    delivery: signedPress(pressEnvelope),
    signature: 'X-Webhook-Signature',
    signed: ['X-Webhook-Timestamp'],
    // Its payload reference shows `sha256=`.
    spelling: (signature) => hex(signature.replace(/^sha256=/, '')),
  },
  {
    ...{ name: 'UIP', provider: uip(), secret: SECRETS.uip, delivery: signedUip(uipIdentify) },
    ...{ signature: 'X-UIP-Signature', signed: [], spelling: hex },
  },
  {
    name: 'UIP, session API',
    provider: uip({ scheme: 'timestamped' }),
    secret: SECRETS.uip,
    delivery: signedUipSession(uipStep),
    ...{ signature: 'X-UIP-Signature', signed: ['X-UIP-Timestamp'], spelling: hex },
  },
  {
    ...{ name: 'ADVANCE.AI', provider: advanceAi(), secret: SECRETS['advance-ai'] },
    delivery: signedAdvanceAi(aaiCompleted),
    ...{ signature: 'aai-signature', signed: [], spelling: (signature) => signature },
  },
]

/** Whether nothing was changed that a signature is over, or is. */
const isSame = ({ delivery, signature, signed, spelling }: Signed, other: Delivery): boolean =>
  Buffer.compare(delivery.body, other.body) === 0 &&
  signed.every((name) => delivery.headers[name] === other.headers[name]) &&
  spelling(String(other.headers[signature])) === delivery.headers[signature]

function isAccepted({ provider, secret }: Signed, delivery: Delivery): boolean {
  try {
    return accepts(provider, secret, delivery)
  } catch {
    return false
  }
}

describe.each(all)('$name', (one) => {
  const { delivery, signature, signed, provider } = one
  const text = String(delivery.headers[signature])
  const withSignature = (value: string): Delivery => ({
    ...delivery,
    headers: { ...delivery.headers, [signature]: value },
  })

  it('no bit of the body can be flipped, no byte left out, none added', () => {
    expect(isAccepted(one, delivery)).toBe(true)
    const body = Buffer.from(delivery.body)
    const put = (at: number, bytes: number[], count: number) =>
      Buffer.concat([body.subarray(0, at), Uint8Array.from(bytes), body.subarray(at + count)])
    for (const [at, byte] of body.entries()) {
      const flipped = Array.from({ length: 8 }, (_, bit) => put(at, [byte ^ (1 << bit)], 1))
      const others = [put(at, [], 1), put(at, [0x20], 0), put(at, [byte], 0), body.subarray(0, at)]
      for (const other of [...flipped, ...others])
        expect(isAccepted(one, { ...delivery, body: other }), `byte ${at}`).toBe(false)
    }
  })

  it('no character of the signature can be another one, left out or added, but for the case of hex', () => {
    const others = [
      ...Array.from({ length: 256 }, (_, code) => String.fromCharCode(code)),
      ...'９ａАЕ٠\u212a\u017f',
    ]
    for (let at = 0; at <= text.length; at++) {
      for (const other of [...others, '']) {
        for (const value of [
          text.slice(0, at) + other + text.slice(at + 1),
          text.slice(0, at) + other + text.slice(at),
        ]) {
          const changed = withSignature(value)
          expect(isAccepted(one, changed), JSON.stringify(value)).toBe(isSame(one, changed))
        }
      }
    }
  })

  it('nothing can be changed in several places either, and what is refused leaves no trace', async () => {
    const receiver = receiving(provider)
    const parts = fc.constantFrom(
      ...['body', signature, signature, ...signed].map((part) => mutation([part])),
    )
    const mutations = fc.array(
      parts.chain((part) => part),
      { minLength: 1, maxLength: 4 },
    )
    await fc.assert(
      fc.asyncProperty(mutations, async (changes) => {
        const changed = mutated(delivery, changes)
        fc.pre(!isSame(one, changed))
        const { status } = await receiver.receive(changed)
        expect([400, 401]).toContain(status)
      }),
      runs(500),
    )
    expect(await receiver.inbox.events()).toEqual([])
    expect(await receiver.inbox.quarantined()).toEqual([])
    expect((await receiver.receive(delivery)).status).toBe(200)
    expect(await receiver.handled()).toHaveLength(1)
  })
})
