import type { Outcome, Receipt } from '@kyc-webhooks/core'
import { asNow, decideOutcome, quarantineReason } from '@kyc-webhooks/core/engine'
import type { Queryable } from './database.ts'
import { Packed } from './packed.ts'
import type { Statements } from './sql.ts'
import { storable } from './text.ts'
import { newTickets, type Ticketed, ticketed } from './tickets.ts'

/** What a batch needs to know: the time for tests, or `null` for the server's. */
export interface Batch {
  client: Queryable
  sql: Statements
  now: number | null
}

/** Records receipts inside a transaction. Resolves to their outcomes, in order, and to the events whose jobs are to be made. */
export async function record(
  batch: Batch,
  receipts: readonly Receipt[],
): Promise<{ outcomes: Outcome[]; events: Ticketed[] }> {
  const keys = await rememberKeys(batch, receipts)
  const rows = await lockRedriven(batch, receipts)
  const there = receipts.filter(({ redriven }) => redriven === undefined || rows.has(redriven))
  const nonces = await rememberNonces(batch, there, keys.known)
  const outcomes = receipts.map((receipt) => {
    const { key, redriven } = receipt
    // Somebody else redrove it meanwhile, or discarded it.
    if (redriven !== undefined && !rows.has(redriven)) return 'duplicate'
    const known = key === undefined ? undefined : keys.known.get(key)
    const outcome = decideOutcome(receipt, known, nonces.get(receipt))
    if (redriven !== undefined && quarantineReason(outcome, receipt) === undefined) rows.delete(redriven)
    return outcome
  })
  const inVain = receipts.filter(({ key }, index) => isFresh(keys, key) && outcomes[index] !== 'recorded')
  if (inVain.length > 0) await batch.client.query(batch.sql.forgetKeys, [inVain.map(({ key }) => key)])
  const recorded = receipts.filter((_, index) => outcomes[index] === 'recorded')
  const events = await addEvents(batch, recorded)
  await keepInQuarantine(batch, receipts, outcomes)
  return { outcomes, events }
}

interface Keys {
  fresh: ReadonlySet<string>
  known: ReadonlyMap<string, { digest: string }>
}

const isFresh = ({ fresh }: Keys, key: string | undefined): boolean => key !== undefined && fresh.has(key)

/** SQLSTATE that asks to repeat the transaction. */
const SERIALIZATION_FAILURE = '40001'

/** Whoever comes second with a key waits here until it is decided what became of the first. */
async function rememberKeys({ client, sql, now }: Batch, receipts: readonly Receipt[]): Promise<Keys> {
  const keyed = receipts.filter(({ key }) => key !== undefined)
  const wanted = keyed.filter(({ quarantine }) => quarantine === undefined)
  const fresh = new Set<string>()
  if (wanted.length > 0) {
    const { rows } = await client.query(sql.rememberKeys, [
      now,
      wanted.map(({ key }) => key),
      wanted.map(({ digest }) => digest),
      wanted.map(({ keyExpiresAt, receivedAt }) => keyExpiresAt - receivedAt),
    ])
    for (const { key } of rows) fresh.add(String(key))
  }
  const others = keyed.flatMap(({ key }) => (key === undefined || fresh.has(key) ? [] : [key]))
  const batch = { client, sql, now }
  // After its own key is there: whoever puts the former in another form waits, or was first.
  const formerly = await formerlyKnown(batch, keyed)
  if (others.length === 0) return { fresh, known: formerly }
  const known = new Map([...formerly, ...(await knownKeys(batch, others))])
  // `rememberKeys` locks also what it leaves as it is. Were a key gone all the same, its delivery must not be recorded
  // without it.
  const isGone = wanted.some(({ key }) => key !== undefined && !fresh.has(key) && !known.has(key))
  if (isGone) throw Object.assign(new Error('a key vanished'), { code: SERIALIZATION_FAILURE })
  return { fresh, known }
}

async function knownKeys(
  { client, sql, now }: Batch,
  keys: readonly string[],
): Promise<Map<string, { digest: string }>> {
  if (keys.length === 0) return new Map()
  const { rows } = await client.query(sql.knownKeys, [now, keys])
  return new Map(rows.map(({ key, digest }) => [String(key), { digest: String(digest) }]))
}

/** What is known under its former key, by the key of now. */
async function formerlyKnown(
  batch: Batch,
  receipts: readonly Receipt[],
): Promise<Map<string, { digest: string }>> {
  const rows = await knownKeys(
    batch,
    receipts.flatMap(({ former }) => former?.key ?? []),
  )
  return new Map(
    receipts.flatMap((receipt): [string, { digest: string }][] => {
      const row = asNow(receipt, rows.get(receipt.former?.key ?? ''))
      return row === undefined || receipt.key === undefined ? [] : [[receipt.key, row]]
    }),
  )
}

/** The quarantine rows of redriven receipts that are still there. Whoever comes second with one waits here. */
async function lockRedriven({ client, sql }: Batch, receipts: readonly Receipt[]): Promise<Set<number>> {
  const redriven = receipts.flatMap(({ redriven = [] }) => redriven)
  if (redriven.length === 0) return new Set()
  const { rows } = await client.query(sql.lockQuarantined, [redriven])
  return new Set(rows.map(({ seq }) => Number(seq)))
}

interface Use {
  usedBy: string | undefined
}

/** Who used the nonce of a receipt before, if anybody did. The first receipt of a batch that brings a nonce uses it up. */
async function rememberNonces(
  { client, sql, now }: Batch,
  receipts: readonly Receipt[],
  known: Keys['known'],
): Promise<Map<Receipt, Use>> {
  const formerly = await formerlyUsed({ client, sql, now }, receipts)
  const firsts = new Map<string, Receipt>()
  for (const receipt of receipts) {
    const { key, nonce, quarantine } = receipt
    const isNew = key === undefined || !known.has(key)
    const isWanted = isNew && quarantine === undefined && !formerly.has(receipt)
    if (nonce && isWanted && !firsts.has(nonce.key)) firsts.set(nonce.key, receipt)
  }
  const free = new Set<string>()
  if (firsts.size > 0) {
    const wanted = [...firsts]
    const { rows } = await client.query(sql.rememberNonces, [
      now,
      wanted.map(([nonce]) => nonce),
      wanted.map(([, { key = null }]) => key),
      wanted.map(([, { nonce, receivedAt }]) => (nonce?.expiresAt ?? receivedAt) - receivedAt),
    ])
    for (const { key } of rows) free.add(String(key))
  }
  const asked = receipts.flatMap(({ nonce }) => (nonce && !free.has(nonce.key) ? [nonce.key] : []))
  const used = await usedNonces({ client, sql, now }, asked)
  const uses = receipts.flatMap((receipt): [Receipt, Use][] => {
    const { nonce: { key = '' } = {} } = receipt
    const use = free.has(key) ? { usedBy: firsts.get(key)?.key } : used.get(key)
    return use === undefined || (free.has(key) && firsts.get(key) === receipt) ? [] : [[receipt, use]]
  })
  return new Map([...formerly, ...uses])
}

async function usedNonces({ client, sql, now }: Batch, nonces: readonly string[]): Promise<Map<string, Use>> {
  if (nonces.length === 0) return new Map()
  const { rows } = await client.query(sql.usedNonces, [now, nonces])
  return new Map(
    rows.map(({ key, usedBy }) => [String(key), { usedBy: usedBy === null ? undefined : String(usedBy) }]),
  )
}

/** Who used the nonces of receipts before, under their former hashes. */
async function formerlyUsed(batch: Batch, receipts: readonly Receipt[]): Promise<Map<Receipt, Use>> {
  const rows = await usedNonces(
    batch,
    receipts.flatMap(({ former }) => former?.nonce ?? []),
  )
  return new Map(
    receipts.flatMap((receipt): [Receipt, Use][] => {
      const use = asNow(receipt, rows.get(receipt.former?.nonce ?? ''))
      return use === undefined ? [] : [[receipt, use]]
    }),
  )
}

async function addEvents({ client, sql, now }: Batch, receipts: readonly Receipt[]): Promise<Ticketed[]> {
  const deliveries = receipts.filter(({ events }) => events.length > 0)
  if (deliveries.length === 0) return []
  const events = deliveries.flatMap(({ receiver, events }, index) =>
    events.map((event) => ({ ...event, receiver, delivery: index + 1 })),
  )
  const packed = new Packed()
  const cells = [
    ...packed.column(deliveries.map(({ body }) => body)),
    ...packed.column(deliveries.map(({ headers }) => JSON.stringify(headers))),
    ...packed.column(deliveries.map(({ context }) => JSON.stringify(context))),
  ]
  const json = packed.column(events.map(({ json }) => json))
  const { rows } = await client.query(sql.addEvents, [
    now,
    packed.bytes,
    ...cells,
    events.map(({ delivery }) => delivery),
    events.map(({ receiver }) => storable(receiver)),
    events.map(({ type }) => storable(type)),
    ...json,
    events.map(({ unsigned }) => (unsigned.length === 0 ? null : JSON.stringify(unsigned))),
    newTickets(events.map(({ receiver }) => receiver)),
    events.map(({ subject = '' }) => subject),
  ])
  return rows.map(ticketed)
}

/** One row for each distinct body of a receiver. A redrive is no arrival: it changes the reason alone. */
async function keepInQuarantine(
  { client, sql, now }: Batch,
  receipts: readonly Receipt[],
  outcomes: readonly Outcome[],
): Promise<void> {
  const rows = receipts.map((receipt, index) => ({
    ...receipt,
    reason: quarantineReason(outcomes[index] ?? 'recorded', receipt),
  }))
  for (const { reason, redriven, ...row } of rows.toSorted(byBody)) {
    if (reason === undefined) {
      if (redriven !== undefined) await client.query(sql.unquarantine, [redriven])
      continue
    }
    if (redriven !== undefined) {
      await client.query(sql.requarantine, [reason, redriven])
      continue
    }
    const [headers, context] = [JSON.stringify(row.headers), JSON.stringify(row.context)]
    await client.query(sql.quarantine, [
      ...[now, storable(row.receiver), row.digest, reason],
      ...[Buffer.from(row.body), headers, context],
    ])
  }
}

/** Two instances lock rows in one order. */
const byBody = (a: Receipt, b: Receipt): number => (a.digest < b.digest ? -1 : a.digest > b.digest ? 1 : 0)
