import type { PageQuery, StoredUnverified, UnverifiedRows } from '@kyc-webhooks/core'
import type Database from 'better-sqlite3'
import { sql } from './sql.ts'

/** What is unverified, kept and shown at once by the thread that owns the connection. */
export interface Unverified {
  keepUnverified(...args: Parameters<UnverifiedRows['keepUnverified']>): void
  unverified(query: PageQuery): StoredUnverified[]
}

type Row = Omit<StoredUnverified, 'context' | 'headers' | 'digest'> & {
  context: string
  headers: string
  digest: Buffer
}

export function unverified(db: Database.Database): Unverified {
  const add = db.prepare(sql.addUnverified)
  const trim = db.prepare(sql.trimUnverified)
  const page = db.prepare<unknown[], Row>(sql.unverified)

  const keep = db.transaction<Unverified['keepUnverified']>((receiver, deliveries, { max, maxBytes }) => {
    for (const { digest, receivedAt, expiresAt, body, headers, context } of deliveries) {
      const texts = [JSON.stringify(headers), JSON.stringify(context)] as const
      const bytes = body.byteLength + texts[0].length
      add.run(receiver, Buffer.from(digest, 'hex'), receivedAt, expiresAt, bytes, body, ...texts)
    }
    trim.run({ receiver, max, maxBytes })
  })

  return {
    keepUnverified: (...args) => keep.immediate(...args),

    unverified: ({
      receiver = null,
      after = 0,
      limit = 100,
    }: Omit<PageQuery, 'receiver'> & { receiver?: string | null }) =>
      page.all({ receiver, after, limit }).map(({ context, headers, digest, ...row }) => ({
        ...row,
        digest: digest.toString('hex'),
        headers: JSON.parse(headers),
        context: JSON.parse(context),
      })),
  }
}
