import { createHash } from 'node:crypto'
import type { Draft } from '@kyc-webhooks/simulator'

interface Body {
  event?: string
  eventId?: string
  data: { records: { event_id: string }[] }[] & Record<'audit_id' | 'message_id' | 'session_id', string>
}

/**
 * The ids of the events that a delivery carries, read from what the provider sends: what was acknowledged is counted
 * without asking the receiver. For a PRESS envelope, and for whatever UIP and ADVANCE.AI send.
 */
export function eventIds({ body }: Pick<Draft, 'body'>): string[] {
  const { event, eventId, data } = JSON.parse(body.toString()) as Body
  if (eventId !== undefined) return [eventId]
  if (event === undefined) return data.flatMap(({ records }) => records.map(({ event_id }) => event_id))
  const digest = createHash('sha256').update(body).digest('hex').slice(0, 32)
  return [`${event}:${data.audit_id ?? data.message_id ?? data.session_id ?? digest}`]
}
