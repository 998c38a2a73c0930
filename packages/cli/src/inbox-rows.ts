import type {
  EventQuery,
  EventRecord,
  Inbox,
  PageQuery,
  QuarantineRecord,
  UnverifiedRecord,
} from '@kyc-webhooks/core'
import { printable } from '@kyc-webhooks/core/engine'

/** Rows fetched at once. Each may have a body of a MiB. */
const PAGE = 50

/** All events that the query names, oldest first. */
export async function* events(inbox: Inbox, query: EventQuery = {}): AsyncGenerator<EventRecord> {
  yield* paged((page) => inbox.events({ ...query, ...page }), query.after)
}

/** All quarantined deliveries that the query names, oldest first. */
export async function* quarantined(inbox: Inbox, query: PageQuery = {}): AsyncGenerator<QuarantineRecord> {
  yield* paged((page) => inbox.quarantined({ ...query, ...page }), query.after)
}

/** All unverified deliveries that the query names, oldest first. */
export async function* unverified(inbox: Inbox, query: PageQuery = {}): AsyncGenerator<UnverifiedRecord> {
  yield* paged((page) => inbox.unverified({ ...query, ...page }), query.after)
}

async function* paged<Row extends { seq: number }>(
  fetch: (page: { after: number; limit: number }) => Promise<readonly Row[]>,
  after = 0,
): AsyncGenerator<Row> {
  for (let last = after; ; ) {
    const rows = await fetch({ after: last, limit: PAGE })
    yield* rows
    if (rows.length < PAGE) return
    last = rows.at(-1)?.seq ?? last
  }
}

/** The first few, and the number to go on after if there are more. */
export async function firstOf<Row extends { seq: number }>(
  rows: AsyncIterable<Row>,
  limit: number,
): Promise<{ rows: Row[]; next: number | undefined }> {
  const first: Row[] = []
  for await (const row of rows) {
    if (first.length === limit) return { rows: first, next: first.at(-1)?.seq }
    first.push(row)
  }
  return { rows: first, next: undefined }
}

const UNREADABLE = '(unreadable)'

/** The event, or a word when the row is damaged: the other rows are still shown, and the parser's message would quote the event. */
export function eventOf({ json }: Pick<EventRecord, 'json'>): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return UNREADABLE
  }
}

const idOf = (event: unknown): string =>
  typeof event === 'object' && event !== null && 'id' in event ? String(event.id) : UNREADABLE

/** What may be shown of an event without being asked: nothing of its payload but the id. */
export function eventSummary(row: EventRecord) {
  const { seq, receiver, state, type, attempts, crashes, dueAt, error, receivedAt, context } = row
  return {
    seq,
    state,
    receiver: printable(receiver),
    type: printable(type),
    id: printable(idOf(eventOf(row))),
    receivedAt: isoTime(receivedAt),
    deliveryId: context.id === undefined ? undefined : printable(context.id),
    ...evidenceOf(row),
    attempts,
    crashes,
    dueAt: state === 'waiting' ? isoTime(dueAt) : undefined,
    error: error && printable(error, 512),
  }
}

/** How a delivery came to be believed. */
function evidenceOf({ context, unreadable }: Pick<EventRecord, 'context' | 'unreadable'>) {
  const { verifiedBy, ageMs, verdict } = context
  return {
    verifiedBy: verifiedBy === undefined ? undefined : printable(verifiedBy),
    ageMs,
    verdict: verdict === undefined ? undefined : printable(verdict),
    unreadable,
  }
}

/** The same of a quarantined delivery. */
export function quarantineSummary(row: QuarantineRecord) {
  const { seq, receiver, reason, firstAt, lastAt, count, body, context } = row
  return {
    seq,
    receiver: printable(receiver),
    reason: printable(reason),
    count,
    firstAt: isoTime(firstAt),
    lastAt: isoTime(lastAt),
    deliveryId: context.id === undefined ? undefined : printable(context.id),
    ...evidenceOf(row),
    bytes: body.byteLength,
  }
}

/** The same of an unverified one: nothing that its sender wrote. */
export function unverifiedSummary({ seq, receiver, receivedAt, body, unreadable }: UnverifiedRecord) {
  const bytes = body.byteLength
  return { seq, receiver: printable(receiver), receivedAt: isoTime(receivedAt), bytes, unreadable }
}

export const isoTime = (ms: number): string => new Date(ms).toISOString()
