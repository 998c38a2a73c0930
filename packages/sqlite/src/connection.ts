import type Database from 'better-sqlite3'
import { ensureFile } from './database-file.ts'
import { StoreError, toOpenError } from './failure.ts'
import { checkIdentity, migrate } from './schema.ts'

/** How long a call waits for another process's transaction, in milliseconds: well below the least budget of a reply. */
const BUSY_TIMEOUT_MS = 200
/** Earlier ones can corrupt a WAL that several connections share: https://sqlite.org/wal.html#walresetbug */
const OLDEST_SQLITE = '3.51.3'
/** What `PRAGMA synchronous` answers for FULL. */
const FULL = 2

/** The driver, loaded here and nowhere earlier. */
export interface Driver {
  /** Opens a database. @param timeoutMs how long to wait for locks */
  open(path: string, timeoutMs: number): Database.Database
}

export async function loadDriver(): Promise<Driver> {
  const { default: Sqlite } = await import('better-sqlite3')
  return { open: (path, timeout) => new Sqlite(path, { timeout }) }
}

/** Opens the inbox at `file`, or creates it. Throws a `StoreError`, with nothing left open, when it cannot be relied on. */
export function connect(driver: Driver, file: string): Database.Database {
  let db: Database.Database | undefined
  try {
    const open = (path: string) => driver.open(path, BUSY_TIMEOUT_MS)
    ensureFile(open, file)
    db = open(file)
    checkVersion(db)
    checkIdentity(db)
    makeDurable(db)
    migrate(db)
    return db
  } catch (error) {
    db?.close()
    throw toOpenError(file, error)
  }
}

function checkVersion(db: Database.Database): void {
  const version = String(db.prepare('SELECT sqlite_version()').pluck().get())
  if (version.localeCompare(OLDEST_SQLITE, 'en', { numeric: true }) < 0) {
    throw new StoreError(
      'inbox-unusable',
      `SQLite ${version} is older than ${OLDEST_SQLITE}; update better-sqlite3`,
    )
  }
}

/** A resolved commit survives a power cut. The driver's default in WAL mode, NORMAL, would not sync each commit. */
function makeDurable(db: Database.Database): void {
  const journal = db.pragma('journal_mode = WAL', { simple: true })
  if (journal !== 'wal') {
    throw new StoreError('inbox-unusable', `its journal mode stays ${journal}; choose a local disk`)
  }
  db.pragma('synchronous = FULL')
  const synchronous = db.pragma('synchronous', { simple: true })
  if (synchronous !== FULL) throw new StoreError('inbox-unusable', `synchronous stays ${synchronous}`)
  // On macOS a plain fsync leaves the data in the disk's cache.
  db.pragma('fullfsync = ON')
  db.pragma('checkpoint_fullfsync = ON')
  // What is purged is personal data: overwrite it.
  db.pragma('secure_delete = ON')
}
