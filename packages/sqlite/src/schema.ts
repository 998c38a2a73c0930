import type Database from 'better-sqlite3'
import { StoreError } from './failure.ts'
import { headKey } from './head-key.ts'

/** `PRAGMA application_id` of an inbox: "kycw". */
export const APPLICATION_ID = 0x6b796377

/** What each version adds to the one before. Never edit one that was released: append. */
export const MIGRATIONS: readonly string[] = [
  `
  -- Delivery ids that are known. Outlives the delivery, so that purging an event does not let its id in again.
  CREATE TABLE seen (
    key BLOB PRIMARY KEY,
    digest BLOB NOT NULL,
    expires_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX seen_expiry ON seen (expires_at);

  CREATE TABLE nonce (
    key BLOB PRIMARY KEY,
    used_by BLOB,
    expires_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX nonce_expiry ON nonce (expires_at);

  CREATE TABLE delivery (
    seq INTEGER PRIMARY KEY,
    received_at INTEGER NOT NULL,
    body BLOB NOT NULL,
    headers TEXT NOT NULL,
    context TEXT NOT NULL
  ) STRICT;

  -- AUTOINCREMENT: the number of a purged event is never used again, so a late settlement cannot hit another event.
  CREATE TABLE event (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    delivery INTEGER NOT NULL REFERENCES delivery,
    receiver TEXT NOT NULL,
    type TEXT NOT NULL,
    json TEXT NOT NULL,
    unsigned TEXT,
    state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'running', 'done', 'dead')),
    due_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    crashes INTEGER NOT NULL DEFAULT 0,
    error TEXT,
    purge_at INTEGER
  ) STRICT;
  CREATE INDEX event_delivery ON event (delivery);
  CREATE INDEX event_state ON event (state);
  CREATE INDEX event_due ON event (receiver, due_at) WHERE state = 'waiting' AND crashes = 0;
  CREATE INDEX event_suspect ON event (receiver, due_at) WHERE state = 'waiting' AND crashes > 0;
  CREATE INDEX event_purge ON event (purge_at) WHERE purge_at IS NOT NULL;

  -- AUTOINCREMENT: a redrive of a row that is gone cannot delete another.
  CREATE TABLE quarantine (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    receiver TEXT NOT NULL,
    digest BLOB NOT NULL,
    reason TEXT NOT NULL,
    first_at INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    count INTEGER NOT NULL,
    body BLOB NOT NULL,
    headers TEXT NOT NULL,
    context TEXT NOT NULL,
    UNIQUE (receiver, digest)
  ) STRICT;

  CREATE TABLE head (
    receiver TEXT NOT NULL,
    subject TEXT NOT NULL,
    time INTEGER NOT NULL,
    PRIMARY KEY (receiver, subject)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- How far each subject has come. The key is a hash: subjects are personal data, and no engine keeps them.
  CREATE TABLE subject (
    key BLOB PRIMARY KEY,
    time INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  INSERT INTO subject (key, time) SELECT head_key(receiver, subject), time FROM head;
  DROP TABLE head;
  ALTER TABLE subject RENAME TO head;

  -- Moves of this inbox to another ('leaving', 'left') and of another into this one ('arriving', 'arrived').
  CREATE TABLE move (
    -- The same for each try to move one inbox.
    origin TEXT PRIMARY KEY,
    id TEXT,
    state TEXT NOT NULL CHECK (state IN ('leaving', 'left', 'arriving', 'arrived')),
    -- Name of the other inbox.
    place TEXT NOT NULL,
    counts TEXT
  ) STRICT;
  ${closing(['seen', 'nonce', 'event', 'quarantine'])}
  `,
  `
  -- Whom an event is about, as a hash: to erase what is kept of one person. NULL: nobody has looked yet; empty: nobody.
  ALTER TABLE event ADD COLUMN subject BLOB;
  CREATE INDEX event_subject ON event (subject) WHERE subject IS NOT NULL;
  CREATE INDEX event_unlooked ON event (delivery) WHERE subject IS NULL;

  -- How rows are sealed, if they ever were: see core.
  CREATE TABLE seal (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    text TEXT NOT NULL
  ) STRICT;
  `,
  `
  -- Deliveries that no secret matched. Whoever can reach a receiver can write here: bounded, never believed, not moved.
  CREATE TABLE unverified (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    receiver TEXT NOT NULL,
    digest BLOB NOT NULL,
    received_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    body BLOB NOT NULL,
    headers TEXT NOT NULL,
    context TEXT NOT NULL,
    UNIQUE (receiver, digest)
  ) STRICT;
  CREATE INDEX unverified_newest ON unverified (receiver, seq, bytes);
  CREATE INDEX unverified_expiry ON unverified (expires_at);
  ${closing(['unverified'], ['INSERT'])}
  `,
]

/** Triggers that keep a process out which opened the inbox before it was moved. */
function closing(tables: readonly string[], actions = ['INSERT', 'UPDATE', 'DELETE']): string {
  const isClosed = `EXISTS (SELECT 1 FROM move WHERE state IN ('left', 'arriving'))`
  const why = `SELECT CASE state WHEN 'left' THEN 'inbox-moved: to ' ELSE 'inbox-moving: from ' END || place
    FROM move WHERE state IN ('left', 'arriving')`
  const triggers = tables.flatMap((table) =>
    actions.map(
      (action) => `
  CREATE TRIGGER ${table}_${action.toLowerCase()} BEFORE ${action} ON ${table} WHEN ${isClosed}
  BEGIN SELECT RAISE(ABORT, (${why})); END;`,
    ),
  )
  return triggers.join('')
}

/**
 * Brings a database up to date, all of it or nothing. Several processes may do so at once. Takes the write lock in any
 * case, which tells at once whether the file can be written at all.
 */
export function migrate(db: Database.Database): void {
  db.function('head_key', { deterministic: true, directOnly: true }, headKey)
  const upgrade = db.transaction(() => {
    if (version(db) === MIGRATIONS.length) return
    for (const migration of MIGRATIONS.slice(version(db))) db.exec(migration)
    db.pragma(`application_id = ${APPLICATION_ID}`)
    db.pragma(`user_version = ${MIGRATIONS.length}`)
  })
  upgrade.immediate()
}

/** Throws unless the database is an inbox that this version understands. */
export function checkIdentity(db: Database.Database): void {
  const application = db.pragma('application_id', { simple: true })
  if (application !== APPLICATION_ID) {
    throw new StoreError('inbox-foreign', `its application_id is ${application}; choose another \`file\``)
  }
  if (version(db) > MIGRATIONS.length) {
    throw new StoreError('inbox-newer', `schema ${version(db)}, known here: ${MIGRATIONS.length}; update`)
  }
}

/** Throws unless the tables are of the version that this one works with. */
export function checkUpToDate(db: Database.Database): void {
  if (version(db) === MIGRATIONS.length) return
  throw new StoreError(
    'inbox-unusable',
    `schema ${version(db)}, wanted ${MIGRATIONS.length}: open it once without \`migrate: false\``,
  )
}

function version(db: Database.Database): number {
  return Number(db.pragma('user_version', { simple: true }))
}
