import { describe, expect, it, vi } from 'vitest'
import { createInbox } from '../../src/inbox/create-inbox.ts'
import { memoryEngine } from '../../src/inbox/memory-engine.ts'
import type { Provider } from '../../src/provider.ts'
import { advanceAi } from '../../src/providers/advance-ai.ts'
import { press } from '../../src/providers/press.ts'
import { uip } from '../../src/providers/uip.ts'
import type { ReceiverOptions } from '../../src/receiver-options.ts'
import { expectNothingPlanted, planted } from '../support/planted.ts'
import { type Receiving, receiving } from '../support/receiving.ts'
import {
  type Delivery,
  NOW,
  signedAdvanceAi,
  signedPress,
  signedUip,
  unixSeconds,
} from '../support/signed.ts'
import {
  aaiAml,
  aaiBusiness,
  aaiCompleted,
  aaiIdvEmail,
  aaiQnreEmail,
  uipIdentify,
  uipMessage,
} from '../vectors/documented.ts'

const envelope = (id: string, over: object = {}) => ({
  id,
  source: 'icp',
  data: [
    {
      type: 'ae.uaekyc.icp.immigration_entry.v1',
      records: [{ event_id: `evt-${id}`, uaekyc_id: planted.person, name: planted.name, visa: planted.visa }],
    },
  ],
  ...over,
})
const person = { name: planted.name, date_of_birth: planted.born, uip_id: planted.person }
const identify = { ...uipIdentify, data: { ...uipIdentify.data, ...person } }
const idvEmail = { ...aaiIdvEmail, data: { email: planted.email, directUrl: planted.link } }
const qnreEmail = { ...aaiQnreEmail, data: { email: planted.email, otpCode: planted.otp, url: planted.link } }

/** Everything that can be made of a body: accepted, known, in conflict, stale, unusable, cut off, forged. */
function deliveriesOf(sign: (content: string, at: object) => Delivery, content: object | string): Delivery[] {
  const text = typeof content === 'string' ? content : JSON.stringify(content)
  const [now, old] = [unixSeconds(NOW), unixSeconds(NOW - 600_000)]
  const good = sign(text, { timestamp: now })
  return [
    ...[good, good, sign(`${text} `, { timestamp: now }), sign(`${text}\n`, { timestamp: old })],
    // V8 quotes what it cannot parse: `Unexpected token … "{"name": "Wil"… is not valid JSON`.
    ...[text.slice(0, -2), `${text}${text}`, `x${text}`, `[${text}`].map((body) =>
      sign(body, { timestamp: now }),
    ),
    sign(JSON.stringify({ wrapped: text }), { timestamp: now }),
    { ...good, body: Buffer.from(text.replace('"', "'")) },
    { headers: {}, body: good.body },
  ]
}

const traffic: [Provider, Delivery[]][] = [
  [
    press(),
    [envelope('a'), [{ ...envelope('b'), type: 'x', data: person }]].flatMap((body) =>
      deliveriesOf(signedPress, body),
    ),
  ],
  [uip(), [identify, uipMessage].flatMap((body) => deliveriesOf(signedUip, body))],
  [
    advanceAi(),
    [aaiCompleted, aaiBusiness, aaiAml, idvEmail, qnreEmail].flatMap((body) =>
      deliveriesOf((content, at) => signedAdvanceAi(content, { ...at, nonce: planted.nonce }), body),
    ),
  ],
]

const talkative = () => {
  throw new Error(`cannot write ${Object.values(planted).join(' ')}`)
}
const circumstances: [string, () => Partial<ReceiverOptions>][] = [
  ['all is well', () => ({})],
  ['handlers fail and quote', () => ({ onEvent: talkative, retry: { attempts: 1 } })],
  ['no handler is for it', () => ({ onEvent: undefined, on: { other: () => {} } })],
  ['hooks fail and quote', () => ({ onRejected: talkative, onDeadLetter: talkative })],
  ['the inbox fails and quotes', () => ({ inbox: createInbox({ ...memoryEngine(), commit: talkative }) })],
  [
    'the inbox does not open and quotes',
    () => ({ inbox: createInbox({ ...memoryEngine(), open: talkative }) }),
  ],
  ['the secrets fail and quote', () => ({ secret: talkative })],
]

/** A signature of each delivery, as it stands in its headers. */
const signaturesOf = (deliveries: readonly Delivery[]) =>
  deliveries.flatMap(({ headers }) =>
    Object.entries(headers).flatMap(([name, value]) => (/signature/i.test(name) ? [String(value)] : [])),
  )

async function run(
  provider: Provider,
  deliveries: Delivery[],
  options: Partial<ReceiverOptions>,
): Promise<unknown[]> {
  const said: unknown[] = []
  const writes = [process.stdout, process.stderr].map((stream) =>
    vi.spyOn(stream, 'write').mockImplementation((chunk) => said.push(chunk) > 0),
  )
  let receiver: Receiving<never> | undefined
  try {
    receiver = receiving(provider, options) as unknown as Receiving<never>
    for (const delivery of deliveries) said.push(await receiver.receive(delivery))
    await receiver.handled().catch(() => {})
    said.push(...receiver.log.lines, ...receiver.rejected)
  } finally {
    for (const write of writes) write.mockRestore()
  }
  return said
}

describe('143, 144, 147: no reply, log line or hook says', () => {
  const table = circumstances.flatMap(([circumstance, options]) =>
    traffic.map(
      ([provider, deliveries]) => [provider.name, circumstance, { provider, deliveries, options }] as const,
    ),
  )

  it.each(table)('what %s sent, while %s', async (_, __, { provider, deliveries, options }) => {
    const said = await run(provider, deliveries, options())
    expect(said.length).toBeGreaterThan(2 * deliveries.length)
    expectNothingPlanted(said, signaturesOf(deliveries))
  })

  it('and the search finds what is there', () => {
    expect(() => expectNothingPlanted([{ deep: [{ email: planted.email }] }])).toThrow()
    expect(() => expectNothingPlanted(['0123456789abcdef'], ['456789ab'])).toThrow()
  })
})
