import { getConstructionPlans } from 'pg-boss'
import { bossSchemaOf, checkSchema, invalid, quoted } from './options.ts'

/** SQLSTATEs of our own: the inbox was moved away; the move into it is not finished. */
export const MOVED = 'KW001'
export const MOVING = 'KW002'

/** What each version adds to the one before. Never edit one that was released: append. */
const MIGRATIONS: readonly ((schema: string) => string)[] = [
  (schema) => `
-- Delivery ids that are known. Outlives the delivery, so that purging an event does not let its id in again.
CREATE TABLE ${schema}.seen (
  key bytea PRIMARY KEY,
  digest bytea NOT NULL,
  expires_at timestamptz NOT NULL
);
CREATE INDEX seen_expiry ON ${schema}.seen (expires_at);

CREATE TABLE ${schema}.nonce (
  key bytea PRIMARY KEY,
  used_by bytea,
  expires_at timestamptz NOT NULL
);
CREATE INDEX nonce_expiry ON ${schema}.nonce (expires_at);

CREATE TABLE ${schema}.delivery (
  seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  received_at timestamptz NOT NULL,
  body bytea NOT NULL,
  headers text NOT NULL,
  context text NOT NULL
);
-- Bodies are small and read once: compressing them costs more than it saves.
ALTER TABLE ${schema}.delivery ALTER COLUMN body SET STORAGE EXTERNAL;

-- A job of pg-boss is its ticket: whichever job starts it first is the one that may, until a retry takes it away.
CREATE TABLE ${schema}.event (
  seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  delivery bigint NOT NULL REFERENCES ${schema}.delivery,
  receiver text NOT NULL,
  type text NOT NULL,
  json text NOT NULL,
  unsigned text,
  state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'running', 'done', 'dead')),
  ticket uuid,
  due_at timestamptz NOT NULL,
  attempts integer NOT NULL DEFAULT 0,
  crashes integer NOT NULL DEFAULT 0,
  error text,
  purge_at timestamptz
);
CREATE INDEX event_delivery ON ${schema}.event (delivery);
CREATE INDEX event_unhandled ON ${schema}.event (seq) WHERE state IN ('waiting', 'running');
CREATE INDEX event_dead ON ${schema}.event (seq) WHERE state = 'dead';
CREATE INDEX event_purge ON ${schema}.event (purge_at) WHERE state = 'done';

CREATE TABLE ${schema}.quarantine (
  seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  receiver text NOT NULL,
  digest bytea NOT NULL,
  reason text NOT NULL,
  first_at timestamptz NOT NULL,
  last_at timestamptz NOT NULL,
  count integer NOT NULL,
  body bytea NOT NULL,
  headers text NOT NULL,
  context text NOT NULL,
  UNIQUE (receiver, digest)
);

-- How far each subject has come, in milliseconds since the epoch. The key is a hash: subjects are personal data.
CREATE TABLE ${schema}.head (
  key bytea PRIMARY KEY,
  time bigint NOT NULL
);
`,
  (schema) => `
-- Moves of this inbox to another ('leaving', 'left') and of another into this one ('arriving', 'arrived').
CREATE TABLE ${schema}.move (
  -- The same for each try to move one inbox.
  origin text PRIMARY KEY,
  id text,
  state text NOT NULL CHECK (state IN ('leaving', 'left', 'arriving', 'arrived')),
  -- Name of the other inbox.
  place text NOT NULL,
  counts text
);
CREATE UNIQUE INDEX move_own ON ${schema}.move ((true)) WHERE state IN ('leaving', 'left');

-- Keeps an instance out that opened the inbox before it was moved.
CREATE FUNCTION ${schema}.refuse_when_moved() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  closed record;
BEGIN
  SELECT state, place INTO closed FROM ${schema}.move WHERE state IN ('left', 'arriving');
  IF closed.state = 'left' THEN
    RAISE EXCEPTION USING ERRCODE = '${MOVED}', MESSAGE = 'to ' || closed.place;
  ELSIF FOUND THEN
    RAISE EXCEPTION USING ERRCODE = '${MOVING}', MESSAGE = 'from ' || closed.place || '; move it again';
  END IF;
  RETURN NULL;
END $$;
${['seen', 'nonce', 'event', 'quarantine']
  .map(
    (table) => `CREATE TRIGGER moved BEFORE INSERT OR UPDATE OR DELETE ON ${schema}.${table}
  FOR EACH STATEMENT EXECUTE FUNCTION ${schema}.refuse_when_moved();
`,
  )
  .join('')}`,
  (schema) => `
-- Whom an event is about, as a hash: to erase what is kept of one person. NULL: nobody has looked yet; empty: nobody.
ALTER TABLE ${schema}.event ADD COLUMN subject bytea;
CREATE INDEX event_subject ON ${schema}.event (subject) WHERE subject > '';
CREATE INDEX event_unlooked ON ${schema}.event (delivery) WHERE subject IS NULL;

-- How rows are sealed, if they ever were: see core.
CREATE TABLE ${schema}.seal (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  text text NOT NULL
);
`,
  (schema) => `
-- Deliveries that no secret matched. Whoever can reach a receiver can write here: bounded, never believed, not moved.
CREATE TABLE ${schema}.unverified (
  seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  receiver text NOT NULL,
  digest bytea NOT NULL,
  -- By the clock of the receiver, in milliseconds since the epoch: as of then it is verified again.
  received_at bigint NOT NULL,
  expires_at timestamptz NOT NULL,
  bytes bigint NOT NULL,
  body bytea NOT NULL,
  headers text NOT NULL,
  context text NOT NULL,
  UNIQUE (receiver, digest)
);
ALTER TABLE ${schema}.unverified ALTER COLUMN body SET STORAGE EXTERNAL;
CREATE INDEX unverified_newest ON ${schema}.unverified (receiver, seq) INCLUDE (bytes);
CREATE INDEX unverified_expiry ON ${schema}.unverified (expires_at);
CREATE TRIGGER moved BEFORE INSERT ON ${schema}.unverified
  FOR EACH STATEMENT EXECUTE FUNCTION ${schema}.refuse_when_moved();
`,
]

/** The version that this package works with. */
export const SCHEMA_VERSION: number = MIGRATIONS.length

/** The steps from a version to the newest, each with its number. */
export function migrationsFrom(version: number, schema: string): { version: number; sql: string }[] {
  return MIGRATIONS.slice(version).map((migration, index) => ({
    version: version + index + 1,
    sql: `${migration(quoted(schema))}\nINSERT INTO ${quoted(schema)}.migration (version) VALUES (${version + index + 1});\n`,
  }))
}

/** What comes before all versions. */
export const foundation = (schema: string): string => `
CREATE SCHEMA IF NOT EXISTS ${quoted(schema)};
CREATE TABLE IF NOT EXISTS ${quoted(schema)}.migration (
  version integer PRIMARY KEY,
  applied_at timestamptz NOT NULL DEFAULT now()
);
`

/**
 * The SQL that creates all tables of an inbox, those of pg-boss with them: for databases where applications may not. Run
 * it once, with an account that may, and open the inbox with `migrate: false`.
 *
 * @param schema as for `postgresInbox`
 * @param from the version of the schema that is there: only what is newer is printed, without pg-boss's part. @default 0
 */
export function migrationSql(schema: string = 'kyc_webhooks', from: number = 0): string {
  checkSchema(schema)
  if (!Number.isInteger(from) || from < 0 || from > SCHEMA_VERSION)
    invalid('from', `a version of the tables: a whole number from 0 to ${SCHEMA_VERSION}`)
  const own = migrationsFrom(from, schema).map(({ sql }) => sql)
  const first = from === 0 ? [foundation(schema)] : []
  const boss = from === 0 ? [getConstructionPlans(bossSchemaOf(schema))] : []
  return [`BEGIN;\n`, ...first, ...own, `COMMIT;\n`, ...boss].join('')
}
