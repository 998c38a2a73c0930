import { type Draft, jsonDraft } from '../draft.ts'
import type { Inventor } from '../inventor.ts'
import type { JsonObject } from '../json.ts'

/** How a session ends: all steps verified, ended by the business at a gate, or a step failed. */
export type SessionEnd = 'completed' | 'stopped' | 'failed'

/** The deliveries of one session. Source: event payloads and delivery headers of UIP's session API. */
export function uipSession(invent: Inventor, end: SessionEnd, primitives: readonly string[]): Draft[] {
  const sessionId = `sess_${invent.text(12)}`
  const common = { session_id: sessionId, client_reference_id: `order_${invent.digits(4)}` }
  const steps = primitives.map((primitive, stage) =>
    sessionDraft(`${sessionId}:step.completed:${stage}`, 'step.completed', {
      ...common,
      stage,
      primitive,
      audit_id: `${sessionId}_${stage}`,
      ...result(invent, primitive),
    }),
  )
  const last = sessionDraft(`${sessionId}:session.${end}`, `session.${end}`, {
    ...common,
    ...(end === 'failed' ? { reason: 'insufficient_funds' } : { status: end }),
  })
  return [...steps, last]
}

/** Event and delivery id are told in headers too, outside the signature. */
function sessionDraft(id: string, event: string, data: JsonObject): Draft {
  const headers = { 'Content-Type': 'application/json', 'X-UIP-Event': event, 'X-UIP-Delivery-Id': id }
  return jsonDraft(id, { event, data }, headers)
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
