import { advanceAi, type Provider, press, uip } from '@kyc-webhooks/core'
import {
  advanceAiSimulator,
  type Draft,
  type JsonObject,
  jsonDraft,
  pressSimulator,
  type Simulator,
  type SimulatorOptions,
  uipSimulator,
} from '@kyc-webhooks/simulator'

export type ProviderName = 'press' | 'uip' | 'advance-ai'

/** Something that a provider has to tell, or that somebody says in its name. */
export interface Letter {
  provider: ProviderName
  /** Names it in the trace; part of the ids in its body. */
  name: string
  /**
   * `forged`: not by the provider; nothing of it may ever be kept. `set-aside`: by the provider, and not usable; kept in
   * quarantine and nowhere else.
   */
  kind: 'genuine' | 'forged' | 'set-aside'
  draft: Draft
  eventIds: readonly string[]
}

/** What is particular to one provider. Its receiver is core's, its signer the simulator's. */
interface Part {
  provider: Provider
  simulator: (options: Pick<SimulatorOptions, 'url' | 'now' | 'newNonce'>) => Simulator
  secret: string
  /** What the provider makes of a status: done, or to be sent again. */
  isFinal: (status: number) => boolean
  /** The retry schedule is run through so many times faster. */
  haste: number
  content: (name: string, says: string, events: number) => JsonObject
  eventIds: (name: string, events: number) => readonly string[]
}

const text = 'whsec_0123456789abcdef0123456789abcdef'
const base64 = Buffer.from('0123456789abcdef0123456789abcdef').toString('base64')
const recordIds = (name: string, events: number) =>
  Array.from({ length: events }, (_, index) => `${name}.${index}`)

export const PARTS: Readonly<Record<ProviderName, Part>> = {
  press: {
    provider: press() as Provider,
    simulator: (options) => pressSimulator({ ...options, secret: text }),
    secret: text,
    isFinal: (status) => status < 500,
    haste: 2_000,
    content: (name, says, events) => ({
      ...{ specversion: '1.0', id: name, source: 'icp/press-event-pipeline', total_records: events },
      data: [
        { type: 'ae.press.test', records: recordIds(name, events).map((id) => ({ event_id: id, says })) },
      ],
    }),
    eventIds: recordIds,
  },
  uip: {
    provider: uip() as Provider,
    simulator: (options) => uipSimulator({ ...options, secret: text }),
    secret: text,
    isFinal: (status) => status === 200,
    haste: 100,
    content: (name, says) => ({ event: 'identify', data: { audit_id: name, says } }),
    eventIds: (name) => [`identify:${name}`],
  },
  'advance-ai': {
    provider: advanceAi() as Provider,
    simulator: (options) => advanceAiSimulator({ ...options, secret: base64 }),
    secret: base64,
    isFinal: (status) => status >= 200 && status <= 299,
    haste: 10,
    content: (name, says) => ({ eventId: name, eventType: 'COMPLETED', data: { says } }),
    eventIds: (name) => [name],
  },
}

/** What gives away who has no secret. */
export const FORGERIES = [
  'bad-signature',
  'missing-signature',
  'malformed-signature',
  'altered-body',
] as const
/** What a provider can do wrong. */
export const MALFORMED = ['malformed-body'] as const
export const SET_ASIDE = ['malformed-body', 'stale-timestamp', 'future-timestamp'] as const

/** What forged letters say, so that a handler that is given one can be told. */
export const FORGED = 'forged'

export function writeLetter(
  provider: ProviderName,
  name: string,
  {
    kind = 'genuine',
    events = 1,
    says = 'truth',
  }: { kind?: Letter['kind']; events?: number; says?: string } = {},
): Letter {
  const { content, eventIds } = PARTS[provider]
  return {
    ...{ provider, name, kind },
    draft: jsonDraft(name, content(name, kind === 'forged' ? FORGED : says, events)),
    eventIds: eventIds(name, events),
  }
}
