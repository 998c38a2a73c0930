import { join } from 'node:path'
import { sqliteEngine } from '@kyc-webhooks/sqlite'
import Database from 'better-sqlite3'

/** Bytes of the file for each key, about: to see that there is room. */
export const BYTES_A_KEY = 130

/**
 * Makes an inbox in `folder` that remembers so many delivery ids, as after days of running. In the order of the keys, which
 * takes seconds; that of arrival would take minutes.
 */
export async function fillKeys(folder: string, count: number): Promise<void> {
  const file = join(folder, 'inbox.db')
  const engine = sqliteEngine({ file, thread: false })
  await engine.open()
  await engine.close()
  if (count === 0) return
  const db = new Database(file)
  db.pragma('synchronous = OFF')
  db.pragma('cache_size = -65536')
  const step = Math.floor(Number.MAX_SAFE_INTEGER / count)
  db.prepare(`
    WITH RECURSIVE counted (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM counted WHERE n + 1 < ?)
    INSERT INTO seen (key, digest, expires_at)
    SELECT unhex(printf('%014x', n * ?) || hex(randomblob(9))), randomblob(32), ? + n FROM counted`).run(
    count,
    // Spread over the first 53 of 56 bits, so that new keys fall between them.
    step * 8,
    Date.now() + 86_400_000,
  )
  db.close()
}
