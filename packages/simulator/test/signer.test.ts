import { expect, it } from 'vitest'
import {
  advanceAiEvents,
  advanceAiSigner,
  advanceAiSimulator,
  pressEvents,
  pressSigner,
  pressSimulator,
  type Signer,
  uipEvents,
  uipSigner,
  uipSimulator,
} from '../src/index.ts'
import { ADVANCE_AI_SECRET, PRESS_SECRET, UIP_SECRET } from './support/secrets.ts'

const [now, newNonce] = [() => 1_774_874_700_000, () => 'n-1']
const press = { secret: PRESS_SECRET, signatureForm: 'sha256=hex', subscriptionId: 'sub_mine', now } as const
const uip = { secret: UIP_SECRET, scheme: 'timestamped', now } as const
const advanceAi = { secret: ADVANCE_AI_SECRET, algorithm: 'sha512', now, newNonce } as const
const url = 'http://127.0.0.1/'

it.each([
  ['press', pressSigner(press), pressSimulator({ ...press, url }), pressEvents().envelope()],
  ['uip', uipSigner(uip), uipSimulator({ ...uip, url }), uipEvents().session()[0]],
  [
    'advance-ai',
    advanceAiSigner(advanceAi),
    advanceAiSimulator({ ...advanceAi, url }),
    advanceAiEvents().of('COMPLETED'),
  ],
])(
  '%s signs and prepares as its simulator does, without a URL',
  (provider, signer: Signer, simulator, draft) => {
    expect(signer.provider).toBe(provider)
    expect(signer.flaws).toEqual(simulator.flaws)
    if (draft === undefined) throw new Error('no draft')
    expect(signer.sign(draft.body)).toEqual(simulator.sign(draft.body))
    expect(signer.prepare(draft, { attempt: 3 })).toEqual(simulator.prepare(draft, { attempt: 3 }))
    expect(signer.prepare(draft, { flaw: 'altered-body' })).toEqual(
      simulator.prepare(draft, { flaw: 'altered-body' }),
    )
  },
)

it('reuses the nonce of what it prepared last without a flaw', () => {
  const signer = advanceAiSigner({ secret: ADVANCE_AI_SECRET })
  const events = advanceAiEvents()
  expect(() => signer.prepare(events.of('COMPLETED'), { flaw: 'reused-nonce' })).toThrow('No nonce')
  const first = signer.prepare(events.of('COMPLETED'))
  signer.prepare(events.of('COMPLETED'), { flaw: 'bad-signature' })
  const second = signer.prepare(events.of('COMPLETED'), { flaw: 'reused-nonce' })
  expect(second.headers['aai-nonce']).toBe(first.headers['aai-nonce'])
  expect(second.body).not.toEqual(first.body)
})
