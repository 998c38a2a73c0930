import { createHash } from 'node:crypto'
import type { Draft } from '@kyc-webhooks/simulator'

interface Body {
  /** PRESS, a CloudEvent. */
  id: string
  type?: string
  /** PRESS, binary mode. */
  event_id?: string
  /** UIP. */
  event?: string
  /** ADVANCE.AI. */
  eventId?: string
  data: { records: { event_id: string }[] }[] & Record<'audit_id' | 'message_id' | 'session_id', string>
}

/**
 * The ids of the events that a delivery carries, read from what the provider sends: what was acknowledged is counted
 * without asking the receiver.
 */
export function eventIds({ body }: Pick<Draft, 'body'>): string[] {
  const parsed = JSON.parse(body.toString()) as Body | Body[]
  if (Array.isArray(parsed)) return parsed.map(({ id }) => id)
  const { id, type, event_id: recordId, event, eventId, data } = parsed
  if (eventId !== undefined) return [eventId]
  if (recordId !== undefined) return [recordId]
  if (type !== undefined) return [id]
  if (event === undefined) return data.flatMap(({ records }) => records.map(({ event_id }) => event_id))
  const digest = createHash('sha256').update(body).digest('hex').slice(0, 32)
  return [`${event}:${data.audit_id ?? data.message_id ?? data.session_id ?? digest}`]
}
