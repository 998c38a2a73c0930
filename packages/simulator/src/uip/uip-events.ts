import { type Draft, jsonDraft } from '../draft.ts'
import { type EventSeed, type Inventor, inventor } from '../inventor.ts'
import type { Fields, JsonObject } from '../json.ts'
import { type SessionEnd, uipSession } from './uip-session.ts'

/** The events of the webhooks page; the last two are named on other pages of UIP. */
export const UIP_EVENT_NAMES = [
  'identify',
  'sign',
  'message',
  'test',
  'authorize.completed',
  'delegation.revoked',
] as const
export type UipEventName = (typeof UIP_EVENT_NAMES)[number]

/** Makes drafts of UIP deliveries. */
export interface UipEvents {
  /** One event, with `fields` in its data. `of('identify', { name: undefined })`: the name was not asked for. */
  of(event: UipEventName, fields?: Fields): Draft
  /**
   * The deliveries of one session of the session API, in order: `step.completed` for each primitive, then `session.<end>`.
   * For the scheme `timestamped`.
   * @param end @default 'completed'
   * @param primitives the steps. @default identify and sign
   */
  session(end?: SessionEnd, primitives?: readonly string[]): Draft[]
  /** One of each event that `of` makes. */
  each(): Draft[]
}

/** Data of each event. That of `authorize.completed` and `delegation.revoked` is **assumed**. */
const DATA: Record<UipEventName, (invent: Inventor) => JsonObject> = {
  identify: (invent) => {
    const person = invent.person()
    return {
      uip_id: `user_${invent.text(12)}`,
      audit_id: `audit_${invent.text(12)}`,
      session_id: `sess_${invent.text(12)}`,
      name: invent.pick([person.latinName, person.arabicName]),
      date_of_birth: person.dateOfBirth,
      country_of_origin: person.country,
    }
  },
  sign: (invent) => ({
    uip_id: `user_${invent.text(12)}`,
    session_id: `sess_${invent.text(12)}`,
    audit_id: `audit_${invent.text(12)}`,
  }),
  message: (invent) => ({
    signing_uip_id: `user_${invent.text(12)}`,
    message_id: `msg_${invent.text(12)}`,
    audit_id: `audit_${invent.text(12)}`,
  }),
  test: () => ({ pong: 'Pong' }),
  'authorize.completed': (invent) => ({
    session_id: `sess_auth_${invent.text(8)}`,
    client_id: `platform_${invent.text(6)}`,
    business_id: `business_${invent.text(8)}`,
    scopes: ['identify:create', 'sign:create'],
  }),
  'delegation.revoked': (invent) => ({
    audit_id: `audit_${invent.text(12)}`,
    client_id: `platform_${invent.text(6)}`,
    business_id: `business_${invent.text(8)}`,
  }),
}

/** UIP deliveries with invented data. */
export function uipEvents(seed: EventSeed = {}): UipEvents {
  const invent = inventor(seed)

  function of(event: UipEventName, fields: Fields = {}): Draft {
    const data: JsonObject = { ...DATA[event](invent), ...fields }
    const id = data.audit_id ?? data.message_id ?? data.session_id
    return jsonDraft(typeof id === 'string' ? id : undefined, { event, data })
  }

  return {
    of,
    session(end = 'completed', primitives = ['identify', 'sign']) {
      const session = uipSession(invent)
      return [...primitives.map((primitive, stage) => session.step(stage, primitive)), session.end(end)]
    },
    each: () => UIP_EVENT_NAMES.map((event) => of(event)),
  }
}
