import type { Providers } from '@kyc-webhooks/example-harness'
import {
  ADVANCE_AI_EVENT_TYPES,
  advanceAiEvents,
  type Draft,
  type Flaw,
  PRESS_EVENT_NAMES,
  pressEvents,
  type Simulator,
  UIP_EVENT_NAMES,
  uipEvents,
} from '@kyc-webhooks/simulator'
import type { Cue } from './staged-handler.ts'
import type { Cells, Step } from './step.ts'

const accepted = (events: number): Cells => ({
  status: 200,
  recorded: 'recorded',
  handled: `${events} of ${events}`,
  why: '',
})
const known = (recorded: string, why: string): Cells => ({ status: 200, recorded, handled: '-', why })
const refused = (status: number, recorded: string, why: string): Cells => ({
  status,
  recorded,
  handled: '-',
  why,
})

/** What the demo sends, and what should become of it. */
export interface Mix {
  /** One of every event type. */
  good: Step[]
  /** What providers and forgers send beside. */
  special: Step[]
  /** The handler is in the middle of these when the server is killed. */
  cutOff: Step[]
  /** Sent while the server is down. */
  meanwhile: Step
}

export function createMix({ press, uip, advanceAi }: Providers, seed: number): Mix {
  const [fromPress, fromUip, fromAdvanceAi] = [
    pressEvents({ seed }),
    uipEvents({ seed }),
    advanceAiEvents({ seed }),
  ]
  const step = (title: string, simulator: Simulator, draft: Draft, expected: Cells, flaw?: Flaw): Step => {
    return { title, simulator, draft, expected, prepare: () => simulator.prepare(draft, { flaw }) }
  }
  /** Sent with exactly the same bytes a second time. */
  const twice = (first: Step, expected: Cells): Step[] => {
    const delivery = first.prepare()
    const prepare = () => delivery
    return [
      { ...first, prepare },
      { ...first, prepare, expected, title: 'the same once more' },
    ]
  }
  const cue = (demo: Cue) => ({ demo })
  const conflicting = fromAdvanceAi.of('COMPLETED')

  return {
    good: [
      ...PRESS_EVENT_NAMES.map((name) => step(name, press, fromPress.envelope({ [name]: 1 }), accepted(1))),
      step(
        '4 records of 2 types',
        press,
        fromPress.envelope({ IMMIGRATION_ENTRY: 3, NEW_ID: 1 }),
        accepted(4),
      ),
      step('CloudEvent', press, fromPress.structured(), accepted(1)),
      step('CloudEvent in binary mode', press, fromPress.binary(), accepted(1)),
      step('CloudEvents in a batch', press, fromPress.batch(), accepted(6)),
      ...UIP_EVENT_NAMES.map((name) => step(name, uip, fromUip.of(name), accepted(1))),
      ...ADVANCE_AI_EVENT_TYPES.map((type) => step(type, advanceAi, fromAdvanceAi.of(type), accepted(1))),
    ],
    special: [
      ...twice(step('a delivery', press, fromPress.envelope(), accepted(1)), known('duplicate', '')),
      step(
        'bad signature',
        press,
        fromPress.envelope(),
        refused(401, 'no', 'signature-mismatch'),
        'bad-signature',
      ),
      step('altered body', uip, fromUip.of('sign'), refused(401, 'no', 'signature-mismatch'), 'altered-body'),
      step(
        'ten minutes old',
        press,
        fromPress.envelope(),
        refused(401, 'quarantine', 'timestamp-stale'),
        'stale-timestamp',
      ),
      step('a delivery', advanceAi, conflicting, accepted(1)),
      step(
        'its nonce, another event',
        advanceAi,
        fromAdvanceAi.of('COMPLETED'),
        refused(401, 'quarantine', 'nonce-reused'),
        'reused-nonce',
      ),
      step(
        'its id, another body',
        advanceAi,
        conflicting,
        known('conflict', 'delivery-conflict'),
        'conflict',
      ),
      step(
        'signed, but broken JSON',
        uip,
        fromUip.of('message'),
        refused(400, 'quarantine', 'body-not-json'),
        'malformed-body',
      ),
      step('handler throws twice', uip, fromUip.of('identify', cue('fail-twice')), {
        ...accepted(1),
        why: 'threw 2 x',
      }),
    ],
    cutOff: [
      step('cut off by the crash', press, fromPress.envelope({ VISA_EXTENSION: 3 }, cue('hang')), {
        ...accepted(3),
        why: 'in attempt 2',
      }),
      step('cut off after its write', uip, fromUip.of('sign', cue('write-and-hang')), {
        ...accepted(1),
        why: '1 handled twice',
      }),
    ],
    meanwhile: step('sent while it was down', uip, fromUip.of('message'), {
      ...accepted(1),
      why: 'after ECONNREFUSED',
    }),
  }
}
