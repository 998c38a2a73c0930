import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  advanceAi,
  createReceiver,
  type KycEvent,
  memoryInbox,
  nodeRequest,
  type Provider,
  press,
  type Receiver,
  type RejectedDelivery,
  sendReply,
  uip,
} from '@kyc-webhooks/core'
import {
  advanceAiDrafts,
  advanceAiSimulator,
  type Draft,
  type Flaw,
  pressDrafts,
  pressSimulator,
  type Simulator,
  uipDrafts,
  uipEvents,
  uipSimulator,
} from '@kyc-webhooks/simulator'
import { afterEach, describe, expect, test } from 'vitest'

// Two implementations of each provider's page, written apart: where they agree, a misreading is unlikely.

const text = 'whsec_0123456789abcdef0123456789abcdef'
const base64 = Buffer.from('0123456789abcdef0123456789abcdef').toString('base64')

interface Variant {
  name: string
  provider: Provider
  secret: string
  simulator: (options: { url: string; secret: string }) => Simulator
  drafts: () => readonly Draft[]
}

/** Every event type in every variant. */
const ofPress = () => pressDrafts({ seed: 1 }).each()
const ofUip = () => uipDrafts({ seed: 1 }).each()
const ofAdvanceAi = () => advanceAiDrafts({ seed: 1 }).each()

const variants: Variant[] = [
  {
    name: 'PRESS',
    provider: press() as Provider,
    secret: text,
    simulator: pressSimulator,
    drafts: ofPress,
  },
  {
    name: 'PRESS, sha256= before the signature',
    provider: press() as Provider,
    secret: text,
    simulator: (options) => pressSimulator({ ...options, signatureForm: 'sha256=hex' }),
    drafts: ofPress,
  },
  {
    name: 'PRESS, key without the prefix',
    provider: press({ secretForm: 'unprefixed' }) as Provider,
    secret: text,
    simulator: (options) => pressSimulator({ ...options, secretForm: 'unprefixed' }),
    drafts: ofPress,
  },
  {
    name: 'PRESS, key in Base64 behind the prefix',
    provider: press({ secretForm: 'unprefixed-base64' }) as Provider,
    secret: `whsec_${base64}`,
    simulator: (options) => pressSimulator({ ...options, secretForm: 'unprefixed-base64' }),
    drafts: ofPress,
  },
  { name: 'UIP', provider: uip() as Provider, secret: text, simulator: uipSimulator, drafts: ofUip },
  {
    name: 'UIP, session API',
    provider: uip({ scheme: 'timestamped' }) as Provider,
    secret: `uip_${text}`,
    simulator: (options) => uipSimulator({ ...options, scheme: 'timestamped' }),
    drafts: () => [
      ...uipEvents({ seed: 1 }).session(),
      ...uipDrafts({ seed: 2, scheme: 'timestamped' }).each(),
    ],
  },
  {
    name: 'ADVANCE.AI',
    provider: advanceAi() as Provider,
    secret: base64,
    simulator: advanceAiSimulator,
    drafts: ofAdvanceAi,
  },
  {
    name: 'ADVANCE.AI, SHA-512',
    provider: advanceAi({ algorithm: 'sha512' }) as Provider,
    secret: base64,
    simulator: (options) => advanceAiSimulator({ ...options, algorithm: 'sha512' }),
    drafts: ofAdvanceAi,
  },
]

const CODES: Record<Flaw, string> = {
  'bad-signature': 'signature-mismatch',
  'malformed-signature': 'signature-malformed',
  'missing-signature': 'signature-missing',
  'altered-body': 'signature-mismatch',
  'stale-timestamp': 'timestamp-stale',
  'future-timestamp': 'timestamp-ahead',
  'missing-timestamp': 'timestamp-missing',
  'reused-nonce': 'nonce-reused',
  'missing-nonce': 'nonce-missing',
  unsigned: 'signature-missing',
  'malformed-body': 'body-not-json',
  conflict: 'delivery-conflict',
}

const cleanUps: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp()
})

async function start(variant: Variant) {
  const handled: KycEvent[] = []
  const rejected: RejectedDelivery[] = []
  const inbox = memoryInbox()
  const receiver: Receiver = createReceiver(variant.provider, {
    secret: variant.secret,
    inbox,
    logger: false,
    onEvent: (event) => void handled.push(event),
    onRejected: (rejection) => void rejected.push(rejection),
  })
  const server = createServer((req, res) => {
    receiver.receive(nodeRequest(req, { remedy: '' })).then((reply) => sendReply(res, reply))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  cleanUps.push(async () => {
    server.close()
    server.closeAllConnections()
    await receiver.close()
    await inbox.close()
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  return { simulator: variant.simulator({ url, secret: variant.secret }), handled, rejected }
}

describe.each(variants)('$name', (variant) => {
  test('every event that the pages document is accepted and handled', async () => {
    const { simulator, handled, rejected } = await start(variant)
    const drafts = variant.drafts()
    for (const draft of drafts) {
      const report = await simulator.deliver(draft)
      expect(report).toMatchObject({ outcome: 'accepted', attempts: [{ status: 200 }] })
    }
    await expect.poll(() => handled.length).toBeGreaterThanOrEqual(drafts.length)
    expect(rejected).toEqual([])
  })

  test('every flaw gets its code, and no handler runs for it', async () => {
    const { simulator, handled, rejected } = await start(variant)
    const [first, second] = variant.drafts() as [Draft, Draft]
    await simulator.send(simulator.prepare(first))
    await expect.poll(() => handled.length).toBeGreaterThan(0)
    const before = handled.length

    // A conflict is accepted without its nonce being used up, so it comes last.
    const flaws = [...simulator.flaws.filter((flaw) => flaw !== 'conflict'), 'conflict'] as const
    for (const flaw of flaws) {
      // A conflict is with what was delivered before; everything else is tried with something new.
      const { status } = await simulator.send(
        simulator.prepare(flaw === 'conflict' ? first : second, { flaw }),
      )
      const code = rejected.at(-1)?.code
      expect({ flaw, code, status }).toEqual({ flaw, code: CODES[flaw], status: rejected.at(-1)?.status })
      expect(status).toBeLessThan(500)
    }
    expect(handled).toHaveLength(before)
  })
})
