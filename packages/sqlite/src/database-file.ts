import { randomUUID } from 'node:crypto'
import { closeSync, existsSync, linkSync, mkdirSync, openSync, rmSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import type Database from 'better-sqlite3'
import { StoreError } from './failure.ts'
import { migrate } from './schema.ts'

/**
 * Makes sure that the file exists and may be opened. An inbox is never an empty file: it is made under another name and
 * linked into place when complete. So an empty one was truncated, and is refused rather than filled anew.
 *
 * The link is also what makes the file 0600 from its first byte. (Creating it by `open` and `close` would not do: closing
 * any descriptor of a file drops this process's POSIX locks on it, those of SQLite with them.)
 */
export function ensureFile(open: (path: string) => Database.Database, file: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  if (existsSync(file)) {
    if (sizeOf(file) > 0) return
    throw new StoreError(
      'inbox-unusable',
      'it is empty. If it never held an inbox, delete it: it is created anew',
    )
  }
  if (sizeOf(`${file}-wal`) > 0) {
    throw new StoreError('inbox-unusable', 'it is missing, but its write-ahead log is there. Bring it back')
  }
  const draft = `${file}.${randomUUID()}.new`
  try {
    closeSync(openSync(draft, 'wx', 0o600))
    fill(open(draft))
    linkSync(draft, file)
  } catch (error) {
    // Another process was first: its file is as good.
    if (!existsSync(file)) throw error
  } finally {
    rmSync(draft, { force: true })
  }
}

function fill(db: Database.Database): void {
  try {
    migrate(db)
    db.pragma('journal_mode = WAL')
  } finally {
    db.close()
  }
}

/** Throws unless there is a file. */
export function checkThere(file: string): void {
  if (sizeOf(file) === 0) throw new StoreError('inbox-unusable', 'there is no inbox')
}

/** In bytes; 0 when there is no such file. */
export function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0
}
