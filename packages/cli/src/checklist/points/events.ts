import type { Draft, PreparedDelivery } from '@kyc-webhooks/simulator'
import { altered, withUnknownFields } from '../alter.ts'
import { ACCEPTED, told } from '../exchange.ts'
import { expectEach, type Step } from '../expect-each.ts'
import { type Conclusion, fail, type Point, PRACTICE, pass, warn } from '../point.ts'
import type { Trial } from '../trial.ts'

export const EVENT_POINTS: readonly Point[] = [
  {
    id: 'event-types',
    group: 'events',
    title: 'Events of all types are read without errors',
    pages: {
      press: {
        name: 'Network Flow, Sandbox Checklist',
        says: 'Send test events from sandbox and confirm your endpoint parses all event types without errors.',
      },
      uip: { name: 'Webhooks, Troubleshooting', says: 'Ensure webhook returns 200 status for all events' },
      'advance-ai': { name: 'Webhook, Event Types' },
    },
    why: 'What is not accepted is lost: at once, or when the provider gives up sending it again.',
    mend: 'Accept and record first, look at the type afterwards. One delivery of PRESS can carry several types and several people.',
    run: (trial) =>
      expectEach(
        trial,
        ACCEPTED,
        typedDrafts(trial).map(([sent, draft]) => [sent, trial.prepare({}, draft)]),
      ),
  },
  {
    id: 'unknown-fields',
    group: 'events',
    title: 'Fields that are new fail nothing',
    pages: {
      press: {
        name: 'Network Flow, Sandbox Checklist',
        says: 'ICP may add new optional fields in future versions. Your parser must not fail on unknown fields.',
      },
      uip: PRACTICE,
      'advance-ai': PRACTICE,
    },
    why: 'The day the provider adds a field, every delivery fails.',
    mend: 'Check the fields that you use, and leave the others alone: no `additionalProperties: false`, no `strict()`.',
    run: (trial) =>
      expectEach(trial, ACCEPTED, [
        [
          'with new fields at every level',
          trial.prepare({}, altered(trial.bench.draft(), withUnknownFields)),
        ],
      ]),
  },
  {
    id: 'unknown-types',
    group: 'events',
    title: 'An event of a type that no page lists is accepted',
    pages: {
      press: PRACTICE,
      uip: { name: 'Webhooks, Webhook Handler Template', says: 'Unknown event type' },
      'advance-ai': PRACTICE,
    },
    why: 'A type that is new, or that you subscribed to later, is lost while it is refused.',
    mend: 'Accept and record it, and have somebody told. UIP’s own template answers 200 and warns. Look handlers up in a `Map`: every object has a `constructor`.',
    async run(trial) {
      const steps = UNKNOWN_TYPES.map((type): Step => [`of the type \`${type}\``, unknownType(trial, type)])
      return orWarn(await expectEach(trial, ACCEPTED, steps))
    },
  },
  {
    id: 'cloud-event',
    group: 'events',
    title: 'A CloudEvent in structured mode is read too',
    pages: {
      press: {
        name: 'Network Flow, Endpoint Requirements',
        says: 'Accept Content-Type: application/cloudevents+json.',
      },
    },
    why: 'The payload reference shows groups of records, which are no CloudEvent; the content type says CloudEvent. Which of the two comes one day is not settled.',
    mend: 'When `data` is an object and `type` stands beside it, take it as one record.',
    async run(trial) {
      const { drafts } = trial.bench
      const draft = drafts.of(drafts.eventTypes[0] ?? '', {}, 'structured')
      const steps: Step[] = [['as a CloudEvent in structured mode', trial.prepare({}, draft)]]
      return orWarn(await expectEach(trial, ACCEPTED, steps))
    },
  },
]

/** Last of all: it leaves the receiver with work to do. */
export const SIZE_POINT: Point = {
  id: 'body-size',
  group: 'events',
  title: 'A large delivery is accepted',
  pages: { press: PRACTICE, 'advance-ai': PRACTICE },
  why: 'A delivery of PRESS carries many people, one of ADVANCE.AI the data of a document. Many parsers refuse more than 100 KB unless told otherwise, and PRESS never sends again what was refused.',
  mend: 'Raise the limit of the parser for this path, and that of the proxy: 1 MB does. In Express `express.raw({ limit: "1mb" })`, in nginx `client_max_body_size 1m`.',
  async run(trial) {
    const delivery = trial.prepare({}, largeDraft(trial))
    const kilobytes = `${Math.round(delivery.body.length / 1_000)} KB`
    const reply = await trial.send(`a delivery of ${kilobytes}`, delivery, ACCEPTED)
    return ACCEPTED.holds(reply)
      ? pass(`${kilobytes}: answered ${reply.status}`)
      : fail(`${kilobytes}: ${told(reply)}. Wanted: 2xx.`)
  },
}

/** Every type that a page lists; of PRESS also several people, and several types, in one delivery. */
function typedDrafts({ bench: { target, drafts } }: Trial): [sent: string, draft: Draft][] {
  const types = drafts.eventTypes.map((type): [string, Draft] => [type, drafts.of(type, SAFE[type] ?? {})])
  if (target.provider !== 'press') return types
  const [usual = ''] = drafts.eventTypes
  const more = (['people', 'mixed'] as const).map((variant): [string, Draft] => [
    MORE[variant],
    drafts.of(usual, {}, variant),
  ])
  return [...types, ...more]
}

const MORE = { people: 'several people in one delivery', mixed: 'several types in one delivery' } as const

/** Ids that `JSON.stringify` gives back: those that it does not are for `raw-body`. */
const SAFE: Readonly<Record<string, { caseId: number; alertId: number }>> = {
  AML_OGS_UPDATE: { caseId: 1_998_600_000_026_050, alertId: 2_001_680_000_082_882 },
}

/** The last two are what every object of JavaScript has: handlers are looked up in a `Map`, or with `Object.hasOwn`. */
const UNKNOWN_TYPES = ['new.kind', 'constructor', '__proto__']

/** The type is in the body, and with UIP's session API in a header too. */
export function unknownType(trial: Trial, type = 'new.kind'): PreparedDelivery {
  const { provider } = trial.bench.target
  const draft = altered(trial.bench.draft(), (value) => {
    if (provider === 'press') return { ...value, data: [{ ...value.data[0], type }] }
    return { ...value, [provider === 'uip' ? 'event' : 'eventType']: type }
  })
  const headers = 'X-UIP-Event' in draft.headers ? { ...draft.headers, 'X-UIP-Event': type } : draft.headers
  return trial.prepare({}, { ...draft, headers })
}

const orWarn = ({ status, reason }: Conclusion): Conclusion =>
  status === 'fail' ? warn(reason) : pass(reason)

/** More than the 100 KB that many parsers take: records with PRESS, the text of a document with ADVANCE.AI. */
function largeDraft({ bench: { target, draft, drafts } }: Trial): Draft {
  if (target.provider === 'advance-ai')
    return drafts.of('OCR_COMPLETED', { ocrResult: { text: 'text of a document. '.repeat(6_500) } })
  return altered(draft(), (value) => {
    const [{ type, records }] = value.data
    const many = Array.from({ length: RECORDS }, (_, index) => ({
      ...records[0],
      event_id: `${records[0].event_id}-${index}`,
    }))
    return { ...value, total_records: RECORDS, data: [{ type, records: many }] }
  })
}

const RECORDS = 1_200
