import type { PageQuery, StoredUnverified, UnverifiedBounds, UnverifiedDelivery } from '@kyc-webhooks/core'
import { page } from './looks.ts'
import type { Batch } from './recorder.ts'
import { restored, storable } from './text.ts'

/** As `UnverifiedRows.keepUnverified`. */
export async function keepUnverified(
  { client, sql, now }: Batch,
  receiver: string,
  deliveries: readonly UnverifiedDelivery[],
  { max, maxBytes }: UnverifiedBounds,
): Promise<void> {
  const texts = deliveries.map(({ headers, context }) => [JSON.stringify(headers), JSON.stringify(context)])
  await client.query(sql.addUnverified, [
    ...[now, storable(receiver)],
    deliveries.map(({ digest }) => digest),
    deliveries.map(({ receivedAt }) => receivedAt),
    deliveries.map(({ receivedAt, expiresAt }) => expiresAt - receivedAt),
    deliveries.map(({ body }) => Buffer.from(body)),
    texts.map(([headers]) => headers),
    texts.map(([, context]) => context),
  ])
  await client.query(sql.trimUnverified, [storable(receiver), max, maxBytes])
}

/** As `UnverifiedRows.unverified`. */
export async function unverified({ client, sql }: Batch, query: PageQuery): Promise<StoredUnverified[]> {
  const { rows } = await client.query(sql.unverified, page(query))
  return rows.map(({ seq, receiver, digest, receivedAt, body, headers, context }) => ({
    seq: Number(seq),
    receiver: restored(String(receiver)),
    digest: String(digest),
    receivedAt: Number(receivedAt),
    body: body as Buffer,
    headers: JSON.parse(String(headers)),
    context: JSON.parse(String(context)),
  }))
}
