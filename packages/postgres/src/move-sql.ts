import { bossSchemaOf, quoted } from './options.ts'

/** Every statement of a move, named by what it does. */
export type MoveStatements = Readonly<Record<MoveStatementName, string>>

type MoveStatementName =
  | 'begin'
  | 'lock'
  | 'closed'
  | 'intend'
  | 'own'
  | 'runner'
  | 'counts'
  | 'keys'
  | 'nonces'
  | 'heads'
  | 'deliveries'
  | 'eventsOf'
  | 'quarantined'
  | 'leave'
  | 'isNotEmpty'
  | 'forget'
  | 'clear'
  | 'addKeys'
  | 'addNonces'
  | 'addHeads'
  | 'addDeliveries'
  | 'addQuarantined'
  | 'raiseSeqs'
  | 'forgetSeal'
  | 'arrive'
  | 'arrival'
  | 'open'
  | 'receivers'
  | 'unticketed'
  | 'giveTickets'

/** Rows at once, and bytes of bodies: one that is larger comes alone. */
const CHUNK = 1_000
const CHUNK_BYTES = 1_048_576
/** Whoever writes gives way after much less; what does not end in this time is a handler's own transaction. */
const LOCK_TIMEOUT_MS = 10_000
/** The server ends a move that is silent for so long: its process or its network is gone. The other side may have much to write. */
const SILENT_MS = 600_000

const TABLES = ['event', 'delivery', 'seen', 'nonce', 'quarantine', 'head']
const time = (ms: string): string => `to_timestamp(${ms} / 1000)`
const ms = (column: string): string => `round(extract(epoch FROM ${column}) * 1000)::float8`

/** Of the rows behind `$1` as many as are asked for, and of these no more than fit. */
const page = (table: string): string => `
  SELECT * FROM (
    SELECT *, sum(octet_length(body)) OVER (ORDER BY seq) - octet_length(body) AS before
    FROM (SELECT * FROM ${table} WHERE seq > $1 ORDER BY seq LIMIT ${CHUNK}) AS rows) AS measured
  WHERE before < ${CHUNK_BYTES}`

export function moveStatements(name: string): MoveStatements {
  const schema = quoted(name)
  const sequence = (table: string) => `pg_get_serial_sequence('${schema}.${table}', 'seq')::regclass`
  const lastSeq = (table: string) => `coalesce(pg_sequence_last_value(${sequence(table)}), 0)`
  const exists = (table: string) => `EXISTS (SELECT FROM ${schema}.${table})`
  return {
    begin: [
      'BEGIN ISOLATION LEVEL READ COMMITTED',
      `SET LOCAL lock_timeout = ${LOCK_TIMEOUT_MS}`,
      'SET LOCAL statement_timeout = 0',
      `SET LOCAL idle_in_transaction_session_timeout = ${SILENT_MS}`,
      `SELECT set_config('synchronous_commit', 'on', true) WHERE current_setting('synchronous_commit') = 'off'`,
    ].join('; '),
    // Others may look, and nothing else.
    lock: `LOCK TABLE ${['move', ...TABLES].map((table) => `${schema}.${table}`).join(', ')} IN EXCLUSIVE MODE`,
    closed: `SELECT state, place FROM ${schema}.move WHERE state IN ('left', 'arriving')`,

    // Handing over
    intend: `
      INSERT INTO ${schema}.move (origin, state, place) SELECT $1, 'leaving', $2
      WHERE NOT EXISTS (SELECT FROM ${schema}.move WHERE state = 'arriving') ON CONFLICT DO NOTHING`,
    own: `SELECT origin, id, state, place FROM ${schema}.move WHERE state IN ('leaving', 'left')`,
    // pg-boss hears from a worker that runs a job. Of one that died it does not, and its events go along.
    runner: `
      SELECT receiver FROM ${schema}.event JOIN ${bossSchemaOf(name)}.job ON job.id = event.ticket
      WHERE event.state = 'running' AND job.state = 'active'
        AND job.heartbeat_on + job.heartbeat_seconds * interval '1 second' > now() LIMIT 1`,
    counts: `
      SELECT (SELECT count(*) FROM ${schema}.seen) AS keys, (SELECT count(*) FROM ${schema}.nonce) AS nonces,
        (SELECT count(*) FROM ${schema}.head) AS heads, (SELECT count(*) FROM ${schema}.delivery) AS deliveries,
        (SELECT count(*) FROM ${schema}.event) AS events,
        (SELECT count(*) FROM ${schema}.quarantine) AS quarantined,
        ${lastSeq('event')} AS "lastEvent", ${lastSeq('quarantine')} AS "lastQuarantine"`,
    keys: `
      SELECT encode(key, 'hex') AS key, encode(digest, 'hex') AS digest, ${ms('expires_at')} AS "expiresAt"
      FROM ${schema}.seen WHERE key > decode($1, 'hex') ORDER BY key LIMIT ${CHUNK}`,
    nonces: `
      SELECT encode(key, 'hex') AS key, encode(used_by, 'hex') AS "usedBy", ${ms('expires_at')} AS "expiresAt"
      FROM ${schema}.nonce WHERE key > decode($1, 'hex') ORDER BY key LIMIT ${CHUNK}`,
    heads: `
      SELECT encode(key, 'hex') AS key, time::float8 FROM ${schema}.head
      WHERE key > decode($1, 'hex') ORDER BY key LIMIT ${CHUNK}`,
    deliveries: `
      SELECT seq::text, ${ms('received_at')} AS "receivedAt", body, headers, context
      FROM (${page(`${schema}.delivery`)}) AS page ORDER BY page.seq`,
    eventsOf: `
      SELECT delivery::text, seq::text, receiver, type, json, unsigned, encode(subject, 'hex') AS subject, attempts, error,
        CASE state WHEN 'running' THEN 'waiting' ELSE state END AS state,
        crashes + CASE state WHEN 'running' THEN 1 ELSE 0 END AS crashes,
        ${ms('due_at')} AS "dueAt", ${ms('purge_at')} AS "purgeAt"
      FROM ${schema}.event WHERE delivery = ANY ($1::bigint[]) ORDER BY event.seq`,
    quarantined: `
      SELECT seq::text, receiver, encode(digest, 'hex') AS digest, reason, count, body, headers, context,
        ${ms('first_at')} AS "firstAt", ${ms('last_at')} AS "lastAt"
      FROM (${page(`${schema}.quarantine`)}) AS page ORDER BY page.seq`,
    leave: `UPDATE ${schema}.move SET state = 'left', id = $1, place = $2 WHERE state = 'leaving'`,

    // Taking over
    isNotEmpty: `SELECT ${TABLES.map(exists).join(' OR ')} AS "isNotEmpty"`,
    forget: `DELETE FROM ${schema}.move WHERE state = 'arriving' AND origin = $1`,
    clear: TABLES.map((table) => `DELETE FROM ${schema}.${table}`).join('; '),
    addKeys: `
      INSERT INTO ${schema}.seen (key, digest, expires_at)
      SELECT decode(key, 'hex'), decode(digest, 'hex'), ${time('expires')}
      FROM unnest($1::text[], $2::text[], $3::float8[]) AS r (key, digest, expires)`,
    addNonces: `
      INSERT INTO ${schema}.nonce (key, used_by, expires_at)
      SELECT decode(key, 'hex'), decode(used_by, 'hex'), ${time('expires')}
      FROM unnest($1::text[], $2::text[], $3::float8[]) AS r (key, used_by, expires)`,
    addHeads: `
      INSERT INTO ${schema}.head (key, time)
      SELECT decode(key, 'hex'), time FROM unnest($1::text[], $2::bigint[]) AS r (key, time)`,
    // Numbers are given in order, so the n-th number belongs to the n-th delivery.
    addDeliveries: `
      WITH added AS (
        INSERT INTO ${schema}.delivery (received_at, body, headers, context)
        SELECT ${time('received')}, body, headers, context
        FROM unnest($1::float8[], $2::bytea[], $3::text[], $4::text[])
          WITH ORDINALITY AS r (received, body, headers, context, n) ORDER BY n
        RETURNING seq
      ), numbered AS (
        SELECT seq, row_number() OVER (ORDER BY seq) AS n FROM added
      )
      INSERT INTO ${schema}.event
        (delivery, seq, receiver, type, json, unsigned, state, due_at, attempts, crashes, error, purge_at, subject)
      OVERRIDING SYSTEM VALUE
      SELECT numbered.seq, r.seq, receiver, type, json, unsigned, state, ${time('due')}, attempts, crashes, error,
        ${time('purge')}, decode(subject, 'hex')
      FROM unnest($5::bigint[], $6::bigint[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[],
          $12::float8[], $13::int[], $14::int[], $15::text[], $16::float8[], $17::text[])
        AS r (n, seq, receiver, type, json, unsigned, state, due, attempts, crashes, error, purge, subject)
      JOIN numbered USING (n)`,
    addQuarantined: `
      INSERT INTO ${schema}.quarantine
        (seq, receiver, digest, reason, first_at, last_at, count, body, headers, context)
      OVERRIDING SYSTEM VALUE
      SELECT seq, receiver, decode(digest, 'hex'), reason, ${time('first')}, ${time('last')}, count, body, headers, context
      FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::float8[], $6::float8[], $7::int[],
          $8::bytea[], $9::text[], $10::text[])
        AS r (seq, receiver, digest, reason, first, last, count, body, headers, context)`,
    raiseSeqs: `
      SELECT setval(${sequence('event')}, greatest(1, $1::bigint, ${lastSeq('event')})),
        setval(${sequence('quarantine')}, greatest(1, $2::bigint, ${lastSeq('quarantine')}))`,
    forgetSeal: `DELETE FROM ${schema}.seal`,
    arrive: `
      INSERT INTO ${schema}.move (origin, id, state, place, counts) VALUES ($1, $2, 'arriving', $3, $4)
      ON CONFLICT (origin) DO UPDATE SET id = $2, state = 'arriving', place = $3, counts = $4`,

    // Moving in
    arrival: `
      SELECT state, counts FROM ${schema}.move WHERE id = $1 AND state IN ('arriving', 'arrived')`,
    open: `UPDATE ${schema}.move SET state = 'arrived' WHERE id = $1`,
    receivers: `SELECT DISTINCT receiver FROM ${schema}.event WHERE state IN ('waiting', 'dead')`,
    unticketed: `
      SELECT seq::text, receiver, due_at > now() OR crashes > 0 OR state = 'dead' AS alone FROM ${schema}.event
      WHERE state IN ('waiting', 'dead') AND seq > $1 ORDER BY event.seq LIMIT ${CHUNK}`,
    giveTickets: `
      UPDATE ${schema}.event SET ticket = r.ticket FROM unnest($1::bigint[], $2::uuid[]) AS r (seq, ticket)
      WHERE event.seq = r.seq
      RETURNING event.seq::text, receiver, state, event.ticket,
        greatest(0, ${ms('due_at - now()')}) AS "delayMs"`,
  }
}
