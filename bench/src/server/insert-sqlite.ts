import { join } from 'node:path'

/**
 * What people write today: one insert for each request, the delivery id as the primary key, each with an fsync of its own.
 * Returns whether the delivery is new.
 */
export async function insertSqlite(folder: string): Promise<(id: string, body: Buffer) => boolean> {
  const { default: Database } = await import('better-sqlite3')
  const db = new Database(join(folder, 'insert.db'))
  db.pragma('journal_mode = WAL')
  db.pragma('synchronous = FULL')
  db.exec(`CREATE TABLE IF NOT EXISTS delivery (
    id TEXT PRIMARY KEY, received_at INTEGER NOT NULL, body BLOB NOT NULL)`)
  const insert = db.prepare('INSERT OR IGNORE INTO delivery (id, received_at, body) VALUES (?, ?, ?)')
  return (id, body) => insert.run(id, Date.now(), body).changes > 0
}
