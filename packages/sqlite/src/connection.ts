import type Database from 'better-sqlite3'
import { checkThere, ensureFile, sizeOf } from './database-file.ts'
import { StoreError } from './failure.ts'
import { checkIdentity, checkUpToDate, migrate } from './schema.ts'

/** How long a call waits for another process's transaction, in milliseconds: well below the least budget of a reply. */
const BUSY_TIMEOUT_MS = 200
/** The same for the opening, which no delivery waits for: a process must come up also beside a busy one. */
const OPEN_TIMEOUT_MS = 5_000
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

/**
 * Opens the inbox at `file`, or creates it if `mayMigrate`. Throws, with nothing left open, when it cannot be relied on.
 */
export function connect(driver: Driver, file: string, mayMigrate: boolean = true): Database.Database {
  const open = (path: string) => driver.open(path, OPEN_TIMEOUT_MS)
  if (mayMigrate) ensureFile(open, file)
  else checkThere(file)
  const db = open(file)
  try {
    checkVersion(db)
    checkIdentity(db)
    checkWhole(db, file)
    makeDurable(db)
    if (mayMigrate) migrate(db)
    else checkUpToDate(db)
    db.pragma(`busy_timeout = ${BUSY_TIMEOUT_MS}`)
    return db
  } catch (error) {
    db.close()
    throw error
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

/**
 * SQLite notices missing pages, but reads what is missing of the last one as zeros. With a log beside it the file may be
 * in the middle of growing; the log has that page then.
 */
function checkWhole(db: Database.Database, file: string): void {
  const pageSize = Number(db.pragma('page_size', { simple: true }))
  if (sizeOf(`${file}-wal`) > 0 || sizeOf(file) % pageSize === 0) return
  throw new StoreError('inbox-unusable', 'it was cut off. Bring it back from a copy')
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
