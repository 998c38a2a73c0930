import { bossSchemaOf, quoted } from './options.ts'

/** Every statement of the store but those of its schema, named by what it does. `$1` is what time it is, for tests alone. */
export type Statements = Readonly<Record<StatementName, string>>

type StatementName =
  | 'rememberKeys'
  | 'knownKeys'
  | 'rememberNonces'
  | 'usedNonces'
  | 'addEvents'
  | 'lockQuarantined'
  | 'quarantine'
  | 'requarantine'
  | 'unquarantine'
  | 'addUnverified'
  | 'trimUnverified'
  | 'unverified'
  | 'settle'
  | 'start'
  | 'contexts'
  | 'standing'
  | 'postpone'
  | 'untended'
  | 'reticket'
  | 'findMark'
  | 'head'
  | 'raiseHead'
  | 'retry'
  | 'purgeKeys'
  | 'purgeNonces'
  | 'purgeUnverified'
  | 'purgeEvents'
  | 'lockDeliveries'
  | 'purgeDeliveries'
  | 'discardEvents'
  | 'discardQuarantined'
  | 'discardUnverified'
  | 'seal'
  | 'lockSeal'
  | 'setSeal'
  | 'deliveries'
  | 'unlookedDeliveries'
  | 'deliveryOf'
  | 'rewriteDeliveries'
  | 'rewriteEvents'
  | 'rewriteQuarantined'
  | 'redigest'
  | 'giveWay'
  | 'rewriteUnverified'
  | 'plainKeys'
  | 'plainNonces'
  | 'plainHeads'
  | 'rekey'
  | 'renonce'
  | 'forgetNonces'
  | 'forgetKeys'
  | 'rehead'
  | 'forgetHeads'
  | 'aboutSubject'
  | 'eraseEvents'
  | 'blankDeliveries'
  | 'stats'
  | 'health'
  | 'events'
  | 'quarantined'

/** The server's clock decides. */
const NOW = 'coalesce(to_timestamp($1::float8 / 1000), now())'
const after = (ms: string): string => `${NOW} + ${ms} * interval '1 millisecond'`
const ms = (column: string): string => `(extract(epoch FROM ${column}) * 1000)::float8`

/** A cell of `Packed` in `$2`. */
const cell = (column: string): string => `substring($2::bytea FROM r.${column} FOR r.${column}_length)`
const textCell = (column: string): string => `convert_from(${cell(column)}, 'UTF8')`

export function statements(name: string, boss: string = bossSchemaOf(name)): Statements {
  const schema = quoted(name)
  const eventColumns = `
    event.seq::text, receiver, state, type, json, attempts, crashes, ${ms('due_at')} AS "dueAt", error,
    ${ms('received_at')} AS "receivedAt", context`
  // With their events, in one statement: somebody may be putting both in another form.
  const deliveryColumns = `
    seq::text, body, headers, context, ARRAY(
      SELECT json_build_object('seq', seq, 'receiver', receiver, 'json', json, 'subject', encode(subject, 'hex'))::text
      FROM ${schema}.event WHERE event.delivery = delivery.seq ORDER BY event.seq) AS events`
  return {
    // Receipts. Sorted, so that two instances lock in one order.
    rememberKeys: `
      INSERT INTO ${schema}.seen AS known (key, digest, expires_at)
      SELECT decode(key, 'hex'), decode(digest, 'hex'), ${after('ttl')}
      FROM unnest($2::text[], $3::text[], $4::float8[]) AS r (key, digest, ttl) ORDER BY key
      ON CONFLICT (key) DO UPDATE SET digest = excluded.digest, expires_at = excluded.expires_at
      WHERE known.expires_at <= ${NOW}
      RETURNING encode(key, 'hex') AS key`,
    knownKeys: `
      SELECT encode(key, 'hex') AS key, encode(digest, 'hex') AS digest FROM ${schema}.seen
      WHERE key = ANY (SELECT decode(r, 'hex') FROM unnest($2::text[]) AS r) AND expires_at > ${NOW}`,
    forgetKeys: `
      DELETE FROM ${schema}.seen WHERE key = ANY (SELECT decode(r, 'hex') FROM unnest($1::text[]) AS r)`,
    rememberNonces: `
      INSERT INTO ${schema}.nonce AS known (key, used_by, expires_at)
      SELECT decode(key, 'hex'), decode(used_by, 'hex'), ${after('ttl')}
      FROM unnest($2::text[], $3::text[], $4::float8[]) AS r (key, used_by, ttl) ORDER BY key
      ON CONFLICT (key) DO UPDATE SET used_by = excluded.used_by, expires_at = excluded.expires_at
      WHERE known.expires_at <= ${NOW}
      RETURNING encode(key, 'hex') AS key`,
    usedNonces: `
      SELECT encode(key, 'hex') AS key, encode(used_by, 'hex') AS "usedBy" FROM ${schema}.nonce
      WHERE key = ANY (SELECT decode(r, 'hex') FROM unnest($2::text[]) AS r) AND expires_at > ${NOW}`,
    // Numbers are given in order, so the n-th number belongs to the n-th delivery.
    addEvents: `
      WITH added AS (
        INSERT INTO ${schema}.delivery (received_at, body, headers, context)
        SELECT ${NOW}, ${cell('body')}, ${textCell('headers')}, ${textCell('context')}
        FROM unnest($3::int[], $4::int[], $5::int[], $6::int[], $7::int[], $8::int[])
          WITH ORDINALITY AS r (body, body_length, headers, headers_length, context, context_length, n) ORDER BY n
        RETURNING seq
      ), numbered AS (
        SELECT seq, row_number() OVER (ORDER BY seq) AS n FROM added
      )
      INSERT INTO ${schema}.event (delivery, receiver, type, json, unsigned, ticket, subject, due_at)
      SELECT numbered.seq, receiver, type, ${textCell('json')}, unsigned, ticket, decode(subject, 'hex'), ${NOW}
      FROM unnest($9::bigint[], $10::text[], $11::text[], $12::int[], $13::int[], $14::text[], $15::uuid[], $16::text[])
        WITH ORDINALITY AS r (delivery, receiver, type, json, json_length, unsigned, ticket, subject, n)
      JOIN numbered ON numbered.n = r.delivery ORDER BY r.n
      RETURNING seq::text, receiver, ticket`,
    lockQuarantined: `
      SELECT seq::text FROM ${schema}.quarantine WHERE seq = ANY ($1::bigint[]) ORDER BY quarantine.seq FOR UPDATE`,
    quarantine: `
      INSERT INTO ${schema}.quarantine AS q
        (receiver, digest, reason, first_at, last_at, count, body, headers, context)
      VALUES ($2, decode($3, 'hex'), $4, ${NOW}, ${NOW}, 1, $5, $6, $7)
      ON CONFLICT (receiver, digest)
      DO UPDATE SET reason = excluded.reason, last_at = excluded.last_at, count = q.count + 1`,
    requarantine: `UPDATE ${schema}.quarantine SET reason = $1 WHERE seq = $2`,
    unquarantine: `DELETE FROM ${schema}.quarantine WHERE seq = $1`,

    // What is unverified
    addUnverified: `
      INSERT INTO ${schema}.unverified (receiver, digest, received_at, expires_at, bytes, body, headers, context)
      SELECT $2, decode(digest, 'hex'), received_at, ${after('ttl')}, octet_length(body) + octet_length(headers),
        body, headers, context
      FROM unnest($3::text[], $4::bigint[], $5::float8[], $6::bytea[], $7::text[], $8::text[])
        WITH ORDINALITY AS r (digest, received_at, ttl, body, headers, context, n) ORDER BY n
      ON CONFLICT DO NOTHING`,
    trimUnverified: `
      DELETE FROM ${schema}.unverified WHERE receiver = $1 AND seq <= (
        SELECT max(seq) FROM (
          SELECT seq, count(*) OVER newest AS number, sum(bytes) OVER newest AS total
          FROM ${schema}.unverified WHERE receiver = $1 WINDOW newest AS (ORDER BY seq DESC)) AS kept
        WHERE number > $2::bigint OR total > $3::bigint)`,
    unverified: `
      SELECT seq::text, receiver, encode(digest, 'hex') AS digest, received_at::text AS "receivedAt",
        body, headers, context
      FROM ${schema}.unverified WHERE seq > $1 AND ($2::text IS NULL OR receiver = $2) ORDER BY unverified.seq LIMIT $3`,

    // Settlements: each applies only to the attempt that is running. What comes again later, and what is dead, gets the
    // ticket it was given.
    settle: `
      UPDATE ${schema}.event SET
        state = CASE result WHEN 'done' THEN 'done' WHEN 'dead' THEN 'dead' ELSE 'waiting' END,
        due_at = CASE WHEN result IN ('retry', 'released') THEN ${after('delay')} ELSE due_at END,
        attempts = attempts - CASE result WHEN 'released' THEN 1 ELSE 0 END,
        error = CASE result WHEN 'done' THEN NULL WHEN 'released' THEN event.error ELSE r.error END,
        ticket = CASE WHEN result IN ('retry', 'dead') THEN r.ticket ELSE event.ticket END,
        purge_at = CASE result WHEN 'done' THEN ${after('purge_in')} END
      FROM unnest($2::bigint[], $3::int[], $4::text[], $5::float8[], $6::text[], $7::float8[], $8::uuid[])
        AS r (seq, attempt, result, delay, error, purge_in, ticket)
      WHERE event.seq = r.seq AND event.attempts = r.attempt AND event.state = 'running'
      RETURNING event.seq::text, event.receiver, event.ticket, result, delay AS "delayMs"`,

    // Running. An event that is running when its ticket comes again is one whose attempt never finished. While it is
    // running its due time is when its attempt started.
    start: `
      WITH started AS (
        UPDATE ${schema}.event SET
          ticket = r.ticket,
          crashes = crashes + CASE state WHEN 'running' THEN 1 ELSE 0 END,
          due_at = ${NOW},
          attempts = attempts + CASE WHEN $4 OR (state = 'waiting' AND crashes = 0) THEN 1 ELSE 0 END,
          state = CASE WHEN $4 OR (state = 'waiting' AND crashes = 0) THEN 'running' ELSE 'waiting' END
        FROM unnest($2::bigint[], $3::uuid[]) AS r (seq, ticket)
        WHERE event.seq = r.seq AND (event.ticket IS NULL OR event.ticket = r.ticket) AND due_at <= ${NOW}
          AND (state = 'waiting' OR (state = 'running' AND NOT $4))
        RETURNING event.*
      )
      SELECT seq::text, state, attempts AS attempt, crashes, json, unsigned, delivery::text FROM started`,
    // A statement of its own, which sees what the one before it has waited for: an event that is sealed anew, with its delivery.
    contexts: `SELECT seq::text, context FROM ${schema}.delivery WHERE seq = ANY ($1::bigint[])`,
    standing: `
      SELECT event.seq::text, state, greatest(0, ${ms(`due_at - ${NOW}`)}) AS "dueInMs",
        (event.ticket IS NULL OR event.ticket = r.ticket) AS mine
      FROM unnest($2::bigint[], $3::uuid[]) AS r (seq, ticket) JOIN ${schema}.event ON event.seq = r.seq`,
    // A ticket came before its time: a later one takes its place.
    postpone: `
      UPDATE ${schema}.event SET ticket = r.later
      FROM unnest($2::bigint[], $3::uuid[], $4::uuid[]) AS r (seq, ticket, later)
      WHERE event.seq = r.seq AND (event.ticket IS NULL OR event.ticket = r.ticket) AND state = 'waiting'
      RETURNING event.seq::text, receiver, event.ticket, greatest(0, ${ms(`due_at - ${NOW}`)}) AS "delayMs"`,
    // Of the next so many unhandled events those of the receiver that are long due and have no job: somebody deleted it.
    untended: `
      WITH page AS MATERIALIZED (
        SELECT seq, ticket, receiver, state, due_at FROM ${schema}.event
        WHERE state IN ('waiting', 'running') AND seq > $6 ORDER BY seq LIMIT $7)
      SELECT (SELECT max(seq) FROM page)::text AS last, ARRAY(
        SELECT seq::text FROM page
        WHERE receiver = $2 AND due_at < ${NOW} - CASE state WHEN 'waiting' THEN $4::float8 ELSE $5::float8 END * interval '1 millisecond'
          AND NOT EXISTS (SELECT FROM ${boss}.job WHERE job.name = $3 AND job.id = page.ticket AND job.state < 'completed')
        ORDER BY seq) AS seqs`,
    reticket: `
      UPDATE ${schema}.event SET ticket = r.later
      FROM unnest($1::bigint[], $2::uuid[]) AS r (seq, later)
      WHERE event.seq = r.seq AND state IN ('waiting', 'running')
      RETURNING event.seq::text, receiver, event.ticket`,
    findMark: `SELECT current_setting('kyc_webhooks.attempt', true) AS mark`,
    head: `
      SELECT max(time)::text AS time FROM ${schema}.head
      WHERE key = ANY (ARRAY(SELECT decode(r, 'hex') FROM unnest($1::text[]) AS r))`,
    raiseHead: `
      INSERT INTO ${schema}.head AS known (key, time) VALUES (decode($1, 'hex'), $2::bigint)
      ON CONFLICT (key) DO UPDATE SET time = greatest(known.time, excluded.time)`,
    retry: `
      WITH dead AS (
        SELECT seq, ticket FROM ${schema}.event WHERE seq = ANY ($2::bigint[]) AND state = 'dead' FOR UPDATE)
      UPDATE ${schema}.event SET state = 'waiting', ticket = NULL, attempts = 0, crashes = 0, due_at = ${NOW}
      FROM dead WHERE event.seq = dead.seq RETURNING event.seq::text, receiver, dead.ticket`,

    // Purging. Rows that another instance is deleting are left to it.
    purgeKeys: `
      DELETE FROM ${schema}.seen WHERE key = ANY (ARRAY(
        SELECT key FROM ${schema}.seen WHERE expires_at <= ${NOW} ORDER BY expires_at LIMIT $2
        FOR UPDATE SKIP LOCKED))`,
    purgeNonces: `
      DELETE FROM ${schema}.nonce WHERE key = ANY (ARRAY(
        SELECT key FROM ${schema}.nonce WHERE expires_at <= ${NOW} ORDER BY expires_at LIMIT $2
        FOR UPDATE SKIP LOCKED))`,
    purgeUnverified: `
      DELETE FROM ${schema}.unverified WHERE seq = ANY (ARRAY(
        SELECT seq FROM ${schema}.unverified WHERE expires_at <= ${NOW} ORDER BY expires_at LIMIT $2
        FOR UPDATE SKIP LOCKED))`,
    purgeEvents: `
      DELETE FROM ${schema}.event WHERE seq = ANY (ARRAY(
        SELECT seq FROM ${schema}.event WHERE state = 'done' AND purge_at <= ${NOW} ORDER BY purge_at LIMIT $2
        FOR UPDATE SKIP LOCKED))
      RETURNING delivery::text`,
    // Of two who delete the last two events of a delivery, the second waits here and then sees that none is left.
    lockDeliveries: `
      SELECT FROM ${schema}.delivery WHERE seq = ANY ($1::bigint[]) ORDER BY seq FOR UPDATE`,
    purgeDeliveries: `
      DELETE FROM ${schema}.delivery WHERE seq = ANY ($1::bigint[])
        AND NOT EXISTS (SELECT 1 FROM ${schema}.event WHERE event.delivery = delivery.seq)`,

    // Discarding
    discardEvents: `
      DELETE FROM ${schema}.event WHERE seq = ANY ($1::bigint[]) AND state = 'dead'
      RETURNING seq::text, receiver, ticket, delivery::text`,
    discardQuarantined: `DELETE FROM ${schema}.quarantine WHERE seq = ANY ($1::bigint[])`,
    discardUnverified: `DELETE FROM ${schema}.unverified WHERE seq = ANY ($1::bigint[])`,

    // Sealing and erasing. Hashes that were made without a key are shorter or longer than those with one.
    seal: `SELECT text FROM ${schema}.seal`,
    lockSeal: `LOCK TABLE ${schema}.seal IN EXCLUSIVE MODE`,
    setSeal: `
      INSERT INTO ${schema}.seal (text) VALUES ($1) ON CONFLICT (one) DO UPDATE SET text = excluded.text`,
    deliveries: `
      SELECT ${deliveryColumns} FROM ${schema}.delivery WHERE seq > $1 ORDER BY delivery.seq LIMIT $2`,
    unlookedDeliveries: `
      SELECT ${deliveryColumns} FROM ${schema}.delivery
      WHERE seq IN (
        SELECT DISTINCT delivery FROM ${schema}.event WHERE subject IS NULL AND delivery > $1 ORDER BY delivery LIMIT $2)
      ORDER BY delivery.seq`,
    deliveryOf: `
      SELECT ${deliveryColumns} FROM ${schema}.delivery
      WHERE seq = (SELECT delivery FROM ${schema}.event WHERE seq = $1)`,
    // An empty body was erased.
    rewriteDeliveries: `
      UPDATE ${schema}.delivery SET
        body = CASE WHEN delivery.body = '' THEN delivery.body ELSE r.body END,
        headers = CASE WHEN delivery.body = '' THEN delivery.headers ELSE r.headers END, context = r.context
      FROM unnest($1::bigint[], $2::bytea[], $3::text[], $4::text[]) AS r (seq, body, headers, context)
      WHERE delivery.seq = r.seq`,
    rewriteEvents: `
      UPDATE ${schema}.event SET json = r.json, subject = decode(r.subject, 'hex')
      FROM unnest($1::bigint[], $2::text[], $3::text[]) AS r (seq, json, subject) WHERE event.seq = r.seq`,
    rewriteQuarantined: `
      UPDATE ${schema}.quarantine SET body = CASE WHEN body = '' THEN body ELSE $2 END, headers = $3, context = $4
      WHERE seq = $1`,
    redigest: `
      UPDATE ${schema}.quarantine AS own SET digest = decode($2, 'hex') WHERE seq = $1 AND NOT EXISTS (
        SELECT FROM ${schema}.quarantine WHERE receiver = own.receiver AND digest = decode($2, 'hex'))`,
    giveWay: `
      DELETE FROM ${schema}.unverified AS other USING ${schema}.unverified AS own
      WHERE own.seq = $1 AND other.receiver = own.receiver AND other.digest = decode($2, 'hex') AND other.seq <> $1`,
    rewriteUnverified: `
      UPDATE ${schema}.unverified SET body = $2, headers = $3, context = $4, digest = decode($5, 'hex') WHERE seq = $1`,
    plainKeys: `
      SELECT encode(key, 'hex') AS hash, encode(digest, 'hex') AS digest FROM ${schema}.seen
      WHERE key > decode($1, 'hex') AND octet_length(key) = 16 ORDER BY key LIMIT $2`,
    plainNonces: `
      SELECT encode(key, 'hex') AS hash, encode(used_by, 'hex') AS digest FROM ${schema}.nonce
      WHERE key > decode($1, 'hex') AND octet_length(key) = 16 ORDER BY key LIMIT $2`,
    plainHeads: `
      SELECT encode(key, 'hex') AS hash FROM ${schema}.head
      WHERE key > decode($1, 'hex') AND octet_length(key) = 32 ORDER BY key LIMIT $2`,
    rekey: `
      INSERT INTO ${schema}.seen (key, digest, expires_at)
      SELECT decode(r.after, 'hex'), decode(r.digest, 'hex'), seen.expires_at
      FROM unnest($1::text[], $2::text[], $3::text[]) AS r (before, after, digest)
      JOIN ${schema}.seen ON seen.key = decode(r.before, 'hex') ORDER BY r.after
      ON CONFLICT (key) DO NOTHING`,
    renonce: `
      INSERT INTO ${schema}.nonce (key, used_by, expires_at)
      SELECT decode(r.after, 'hex'), decode(r.used_by, 'hex'), nonce.expires_at
      FROM unnest($1::text[], $2::text[], $3::text[]) AS r (before, after, used_by)
      JOIN ${schema}.nonce ON nonce.key = decode(r.before, 'hex') ORDER BY r.after
      ON CONFLICT (key) DO NOTHING`,
    forgetNonces: `
      DELETE FROM ${schema}.nonce WHERE key = ANY (SELECT decode(r, 'hex') FROM unnest($1::text[]) AS r)`,
    rehead: `
      INSERT INTO ${schema}.head AS known (key, time) SELECT decode(r.after, 'hex'), head.time
      FROM unnest($1::text[], $2::text[]) AS r (before, after)
      JOIN ${schema}.head ON head.key = decode(r.before, 'hex') ORDER BY r.after
      ON CONFLICT (key) DO UPDATE SET time = greatest(known.time, excluded.time)`,
    forgetHeads: `
      DELETE FROM ${schema}.head WHERE key = ANY (SELECT decode(r, 'hex') FROM unnest($1::text[]) AS r)`,
    aboutSubject: `
      SELECT seq::text, receiver, state FROM ${schema}.event
      WHERE subject > '' AND subject = ANY (ARRAY(SELECT decode(r, 'hex') FROM unnest($1::text[]) AS r))
        AND ($2::text IS NULL OR receiver = $2) ORDER BY event.seq FOR UPDATE`,
    eraseEvents: `
      DELETE FROM ${schema}.event WHERE seq = ANY ($1::bigint[])
      RETURNING seq::text, receiver, state, ticket, delivery::text`,
    blankDeliveries: `
      UPDATE ${schema}.delivery SET body = '', headers = '{}' WHERE seq = ANY ($1::bigint[]) AND body <> ''`,

    // Looking
    stats: `
      SELECT
        count(*) FILTER (WHERE state = 'waiting') AS waiting, count(*) FILTER (WHERE state = 'running') AS running,
        count(*) FILTER (WHERE state = 'done') AS done, count(*) FILTER (WHERE state = 'dead') AS dead,
        (SELECT count(*) FROM ${schema}.quarantine) AS quarantined,
        (SELECT ${ms('received_at')} FROM ${schema}.event JOIN ${schema}.delivery ON delivery.seq = event.delivery
          WHERE state IN ('waiting', 'running') ORDER BY event.seq LIMIT 1) AS "oldestUnhandledAt"
      FROM ${schema}.event`,
    health: `
      SELECT
        EXISTS (SELECT FROM ${schema}.move WHERE state IN ('left', 'arriving')) AS "isClosed",
        (SELECT count(*) FROM ${schema}.event WHERE state IN ('waiting', 'running')) AS depth,
        (SELECT count(*) FROM ${schema}.event WHERE state = 'dead') AS "deadLetters",
        (SELECT ${ms('now() - received_at')}
          FROM ${schema}.event JOIN ${schema}.delivery ON delivery.seq = event.delivery
          WHERE state IN ('waiting', 'running') ORDER BY event.seq LIMIT 1) AS "lagMs"`,
    events: `
      SELECT ${eventColumns} FROM ${schema}.event JOIN ${schema}.delivery ON delivery.seq = event.delivery
      WHERE event.seq > $1 AND ($2::text IS NULL OR receiver = $2) AND ($3::text IS NULL OR state = $3)
      ORDER BY event.seq LIMIT $4`,
    quarantined: `
      SELECT seq::text, receiver, encode(digest, 'hex') AS digest, reason, ${ms('first_at')} AS "firstAt", ${ms('last_at')} AS "lastAt", count,
        body, headers, context
      FROM ${schema}.quarantine WHERE seq > $1 AND ($2::text IS NULL OR receiver = $2) ORDER BY seq LIMIT $3`,
  }
}
