import { type Draft, jsonDraft } from '../draft.ts'
import type { Inventor } from '../inventor.ts'
import type { Fields, JsonObject } from '../json.ts'

/** How a session ends: all steps verified, ended by the business at a gate, or a step failed. */
export type SessionEnd = 'completed' | 'stopped' | 'failed'

/** What a step of a session can be. */
export const UIP_PRIMITIVES = ['identify', 'age_verify', 'sign', 'light_sign'] as const

/** A session of the session API: makes its deliveries. Source: event payloads and delivery headers of UIP's session API. */
export interface UipSession {
  /** @param stage counted from 0 */
  step(stage: number, primitive: string, fields?: Fields): Draft
  end(how: SessionEnd, fields?: Fields): Draft
}

export function uipSession(invent: Inventor): UipSession {
  const sessionId = `sess_${invent.text(12)}`
  const common = { session_id: sessionId, client_reference_id: `order_${invent.digits(4)}` }

  function draft(name: string, event: string, data: JsonObject): Draft {
    const id = `${sessionId}:${name}`
    // Event and delivery id are told in headers too, outside the signature.
    const headers = { 'Content-Type': 'application/json', 'X-UIP-Event': event, 'X-UIP-Delivery-Id': id }
    return jsonDraft(id, { event, data }, headers)
  }
  return {
    step: (stage, primitive, fields = {}) =>
      draft(`step.completed:${stage}`, 'step.completed', {
        ...common,
        stage,
        primitive,
        audit_id: `${sessionId}_${stage}`,
        ...result(invent, primitive),
        ...fields,
      }),
    end: (how, fields = {}) =>
      draft(`session.${how}`, `session.${how}`, {
        ...common,
        ...(how === 'failed' ? { reason: 'insufficient_funds' } : { status: how }),
        ...fields,
      }),
  }
}

/** What a step yields depends on its primitive. */
function result(invent: Inventor, primitive: string): JsonObject {
  if (primitive === 'identify') {
    const { latinName, arabicName, country } = invent.person()
    const [first, ...last] = invent.pick([latinName, arabicName]).split(' ')
    return { claims: { first_name: first, last_name: last.join(' '), country } }
  }
  if (primitive === 'age_verify') return { satisfied: true, min_age: 18 }
  if (primitive.endsWith('sign')) {
    const hex = '0123456789abcdef'
    return { signature: invent.text(128, hex), document_hash: invent.text(64, hex) }
  }
  return {}
}
