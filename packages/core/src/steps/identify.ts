import { hash } from 'node:crypto'
import type { RefusalCode } from '../errors.ts'
import type { DeliveryContext } from '../event.ts'
import type { Receipt } from '../inbox/port.ts'
import { subjectHash } from '../inbox/subject-hash.ts'
import { type Normalised, type Provider, Unusable } from '../provider.ts'
import type { Credentials } from './credentials.ts'
import type { Freshness } from './freshness.ts'

/** What receipts are made of, beside the normalised parts. */
export interface Received {
  receiver: string
  provider: Provider
  body: Uint8Array
  headers: Readonly<Record<string, string>>
  receivedAt: number
  /** Absent when a quarantined delivery is driven again: its nonce was never used up. */
  credentials: Credentials | undefined
  /** Id of the secret that verified it. */
  verifiedBy?: string
  toleranceMs: number
  rememberMs: number
  /** Where a subscriber traces it. */
  traceparent?: string | undefined
}

/**
 * The receipts of a delivery, one for each part, with keys from signed bytes alone. What cannot become events, or is not
 * fresh, becomes a receipt for quarantine: authentic but stale may be a provider that does not sign its repetitions anew.
 */
export function identify(
  received: Received,
  freshness: Freshness,
  parts: readonly Normalised[] | Unusable,
): Receipt[] {
  if (parts instanceof Unusable) return [quarantineReceipt(received, parts.code, undefined)]
  return parts.map((part, index) => {
    if (parts.length === 1) return receiptOf(received, freshness, part)
    // In quarantine the bytes of a batch are kept once, with its first part.
    const isWhole = freshness !== 'fresh' && index === 0
    return receiptOf(isWhole ? received : ownBytes(received, part), freshness, part)
  })
}

/** With all of the batch, bytes would grow by the square of its parts; and who is erased would stay in those of others. */
function ownBytes(received: Received, { content }: Normalised): Received {
  return content === undefined ? received : { ...received, body: Buffer.from(content) }
}

const receiptOf = (received: Received, freshness: Freshness, part: Normalised): Receipt =>
  freshness === 'fresh' ? receipt(received, part) : quarantineReceipt(received, freshness, part)

function receipt(received: Received, part: Normalised): Receipt {
  return {
    ...base(received, part, 'accepted'),
    digest: sha256(part.content ?? received.body),
    ...nonceOf(received),
    events: part.events.map((event) => ({
      type: event.type,
      json: JSON.stringify(event),
      unsigned: part.unsigned ?? [],
      subject: subjectHash(event.subject),
    })),
  }
}

function quarantineReceipt(received: Received, reason: RefusalCode, part: Normalised | undefined): Receipt {
  const digest = sha256(part?.content ?? received.body)
  return { ...base(received, part, reason), digest, events: [], quarantine: reason }
}

function base(
  received: Received,
  part: Normalised | undefined,
  verdict: 'accepted' | RefusalCode,
): Omit<Receipt, 'digest' | 'events'> {
  const { receiver, body, headers, receivedAt } = received
  return {
    receiver,
    body,
    headers,
    receivedAt,
    key: part?.id === undefined ? undefined : shortHash(receiver, part.id),
    keyExpiresAt: receivedAt + received.rememberMs,
    context: { ...contextOf(received, part?.id, part?.subscriptionId), ...evidenceOf(received, verdict) },
  }
}

/** A timestamp may lie ahead, so a nonce can come again for twice the tolerance; a minute more for clocks that differ. */
function nonceOf({
  receiver,
  credentials,
  provider,
  receivedAt,
  toleranceMs,
}: Received): Pick<Receipt, 'nonce'> {
  if (credentials?.nonce === undefined) return {}
  const expiresAt = receivedAt + 2 * toleranceMs + 60_000
  return {
    nonce: {
      key: shortHash(receiver, credentials.nonce),
      expiresAt,
      strict: provider.nonce?.strict === true,
    },
  }
}

/** What is kept beside the bytes, to show later how it came to be believed. */
function evidenceOf(
  { verifiedBy, credentials, receivedAt }: Received,
  verdict: 'accepted' | RefusalCode,
): Pick<DeliveryContext, 'verifiedBy' | 'ageMs' | 'verdict'> {
  if (verifiedBy === undefined) return {}
  const timestamp = credentials?.timestamp
  return {
    verifiedBy,
    ...(timestamp === undefined ? {} : { ageMs: receivedAt - timestamp * 1_000 }),
    verdict,
  }
}

function contextOf(
  received: Received,
  id: string | undefined,
  subscriptionId: string | undefined,
): DeliveryContext {
  const { hints } = received.provider
  const attempt = hint(received, hints?.attempt)
  const subscription = subscriptionId ?? hint(received, hints?.subscription)
  return {
    ...(id === undefined ? {} : { id }),
    receivedAt: new Date(received.receivedAt).toISOString(),
    ...(attempt !== undefined && /^[0-9]{1,6}$/.test(attempt) ? { attempt: Number(attempt) } : {}),
    ...(subscription === undefined ? {} : { subscriptionId: subscription }),
    ...(received.traceparent === undefined ? {} : { traceparent: received.traceparent }),
  }
}

const hint = ({ headers }: Received, name: string | undefined): string | undefined =>
  name !== undefined && Object.hasOwn(headers, name) ? headers[name] : undefined

const sha256 = (content: Uint8Array | string): string => hash('sha256', content)

/**
 * 16 bytes in hex: with 2^64 keys in an inbox, one chance in two of a single collision. Of their JSON, because in UTF-8
 * alone all lone surrogates are the same.
 */
const shortHash = (receiver: string, id: string): string =>
  sha256(JSON.stringify([receiver, id])).slice(0, 32)
