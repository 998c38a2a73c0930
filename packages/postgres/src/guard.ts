import type {
  DeliveryQuery,
  HashKind,
  PlainHash,
  Rehash,
  RewrittenRows,
  StoredDelivery,
} from '@kyc-webhooks/core'
import { sealOf } from './hand-over.ts'
import type { Batch } from './recorder.ts'
import { restored } from './text.ts'

type Row = Record<string, unknown>

/** As `Guarded.setSeal`. */
export async function replaceSeal(
  { client, sql }: Batch,
  before: string | undefined,
  seal: string,
): Promise<string | undefined> {
  await client.query(sql.lockSeal)
  if ((await sealOf(client, sql)) === before) await client.query(sql.setSeal, [seal])
  return sealOf(client, sql)
}

/** As `Guarded.deliveries`. */
export async function deliveries(
  { client, sql }: Batch,
  { after, limit, unlooked = false, event }: DeliveryQuery,
): Promise<StoredDelivery[]> {
  const { rows } =
    event === undefined
      ? await client.query(unlooked ? sql.unlookedDeliveries : sql.deliveries, [after, limit])
      : await client.query(sql.deliveryOf, [event])
  return rows.map((row) => ({ ...columns(row), events: (row.events as string[]).map(fact) }))
}

function fact(text: string): StoredDelivery['events'][number] {
  const { seq, receiver, json, subject } = JSON.parse(text)
  return { seq, receiver: restored(receiver), json, subject: subject ?? undefined }
}

const columns = ({ seq, body, headers, context }: Row): Omit<StoredDelivery, 'events'> => ({
  seq: Number(seq),
  body: body as Buffer,
  headers: JSON.parse(String(headers)),
  context: JSON.parse(String(context)),
})

/** As `Guarded.rewrite`. */
export async function rewrite(
  { client, sql }: Batch,
  { deliveries = [], quarantined = [], unverified = [] }: RewrittenRows,
): Promise<void> {
  const events = deliveries.flatMap(({ events }) => events).sort((a, b) => a.seq - b.seq)
  // Events before deliveries, as whoever purges or erases locks them.
  await client.query(sql.rewriteEvents, [
    events.map(({ seq }) => seq),
    events.map(({ json }) => json),
    events.map(({ subject = null }) => subject),
  ])
  await client.query(sql.rewriteDeliveries, [
    deliveries.map(({ seq }) => seq),
    deliveries.map(({ body }) => Buffer.from(body)),
    deliveries.map(({ headers }) => JSON.stringify(headers)),
    deliveries.map(({ context }) => JSON.stringify(context)),
  ])
  for (const { seq, body, headers, context, digest } of quarantined) {
    const texts = [JSON.stringify(headers), JSON.stringify(context)]
    await client.query(sql.rewriteQuarantined, [seq, Buffer.from(body), ...texts])
    await client.query(sql.redigest, [seq, digest])
  }
  for (const { seq, body, headers, context, digest } of unverified) {
    const texts = [JSON.stringify(headers), JSON.stringify(context)]
    await client.query(sql.giveWay, [seq, digest])
    await client.query(sql.rewriteUnverified, [seq, Buffer.from(body), ...texts, digest])
  }
}

/** As `Guarded.plainHashes`. */
export async function plainHashes(
  { client, sql }: Batch,
  kind: HashKind,
  after: string,
  limit: number,
): Promise<PlainHash[]> {
  const pages = { key: sql.plainKeys, nonce: sql.plainNonces, head: sql.plainHeads }
  const { rows } = await client.query(pages[kind], [after, limit])
  return rows.map(({ hash, digest }) => ({
    hash: String(hash),
    ...(digest === undefined || digest === null ? {} : { digest: String(digest) }),
  }))
}

/** As `Guarded.rehash`. */
export async function rehash(
  { client, sql }: Batch,
  kind: HashKind,
  hashes: readonly Rehash[],
): Promise<void> {
  const pairs = [hashes.map(({ from }) => from), hashes.map(({ to }) => to)]
  const digests = hashes.map(({ digest = null }) => digest)
  if (kind === 'key') await client.query(sql.rekey, [...pairs, digests])
  else if (kind === 'nonce') await client.query(sql.renonce, [...pairs, digests])
  else await client.query(sql.rehead, pairs)
  const forget = { key: sql.forgetKeys, nonce: sql.forgetNonces, head: sql.forgetHeads }
  await client.query(forget[kind], [pairs[0]])
}
