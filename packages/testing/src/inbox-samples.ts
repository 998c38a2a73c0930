import { createHash } from 'node:crypto'
import type { ClaimResult, InboxEngine, NewEvent, Outcome, Receipt, Settlement } from '@kyc-webhooks/core'

/** When the cases happen. Engines take all times from their caller, so none of them waits. */
export const T0: number = Date.UTC(2026, 0, 1)
/** How long a sample's key is remembered, in milliseconds. */
export const KEY_MS = 604_800_000
/** How long a sample's nonce is remembered, in milliseconds. */
export const NONCE_MS = 660_000

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const sha256 = (content: Uint8Array | string): string => createHash('sha256').update(content).digest('hex')

/** An authentic delivery of receiver `press` that brings one event. `undefined`: a delivery without an id. */
export function receipt(id: string | undefined, changes: Partial<Receipt> = {}): Receipt {
  const { receiver = 'press', receivedAt = T0, body = bytes(`{"id":"${id}"}`) } = changes
  return {
    receiver,
    key: id === undefined ? undefined : sha256(`${receiver}\0${id}`).slice(0, 32),
    digest: sha256(body),
    keyExpiresAt: receivedAt + KEY_MS,
    receivedAt,
    body,
    headers: { 'content-type': 'application/json' },
    context: { receivedAt: new Date(receivedAt).toISOString(), ...(id === undefined ? {} : { id }) },
    events: changes.quarantine === undefined ? [event(id ?? 'no id')] : [],
    ...changes,
  }
}

export function event(name: string, type = 'kyc.completed'): NewEvent {
  return { type, json: JSON.stringify({ type, name }), unsigned: [] }
}

export function nonce(value: string, strict = false, receivedAt: number = T0): NonNullable<Receipt['nonce']> {
  return { key: sha256(`nonce ${value}`).slice(0, 32), expiresAt: receivedAt + NONCE_MS, strict }
}

/** In the order that the port asks for. */
export function sorted(receipts: readonly Receipt[]): Receipt[] {
  return receipts.toSorted((a, b) => ((a.key ?? '') < (b.key ?? '') ? -1 : 1))
}

/** A receipt whose reading fails half-way: what comes before it in a batch must not be kept either. */
export function brokenReceipt(id: string): Receipt {
  return Object.defineProperty(receipt(id), 'events', {
    enumerable: true,
    get() {
      throw new Error('this receipt is broken')
    },
  })
}

/** Records one receipt. */
export async function record(
  engine: InboxEngine,
  id: string | undefined,
  changes?: Partial<Receipt>,
): Promise<Outcome | undefined> {
  const [outcome] = await engine.commit([receipt(id, changes)], [])
  return outcome
}

/** Starts what is due, suspects as well. Takes the right to run first. */
export async function claim(engine: InboxEngine, now: number = T0, limit = 100): Promise<ClaimResult> {
  await engine.acquire('press', now)
  return engine.claim({ receiver: 'press', now, limit, suspects: true })
}

/** Records one event and starts its first attempt. Resolves to its number. */
export async function startOne(engine: InboxEngine, id = 'one', now: number = T0): Promise<number> {
  await record(engine, id)
  const { claims } = await claim(engine, now, 1)
  const [started] = claims
  if (started === undefined) throw new Error('no event was started')
  return started.seq
}

export async function settle(
  engine: InboxEngine,
  seq: number,
  result: Settlement['result'],
  changes: Partial<Settlement> = {},
): Promise<void> {
  await engine.commit([], [{ seq, attempt: 1, result, at: T0, ...changes }])
}

/** What the head of a subject is kept under. */
export const headOf = (subject: string, receiver = 'press'): string => sha256(`${receiver}\0${subject}`)

/** As `NewEvent.subject`, of whoever it is. */
export const subjectOf = (name: string): string => sha256(`subject ${name}`).slice(0, 32)

/** As if the process that runs the events had died: they were started and never settled. */
export async function crash(engine: InboxEngine, now: number = T0): Promise<void> {
  await engine.release('press')
  await engine.acquire('press', now)
}

export const HOSTILE_STRINGS: readonly string[] = [
  '__proto__',
  'constructor',
  `'; DROP TABLE event; --`,
  '"double" `back` $1 ? :name \\',
  '../../../etc/passwd',
  'nul\0inside',
  'nul\0other',
  ' spaces ',
  'line\r\nbreak',
  'Press',
  'e\u0301',
  '\u00e9',
  '\u{1f600}',
  '%00%2f',
  'x'.repeat(10_000),
  '',
]
