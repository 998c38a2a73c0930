const UNHANDLED = `
      (SELECT count(*) FROM event WHERE state = 'waiting') AS waiting,
      (SELECT count(*) FROM event WHERE state = 'running') AS running,
      (SELECT count(*) FROM event WHERE state = 'dead') AS dead,
      (SELECT received_at FROM delivery WHERE seq = (SELECT delivery FROM event WHERE seq = (
        SELECT min(seq) FROM (
          SELECT min(seq) AS seq FROM event WHERE state = 'waiting'
          UNION ALL
          SELECT min(seq) AS seq FROM event WHERE state = 'running')))) AS oldestUnhandledAt`

/** Every statement of the engine, named by what it does. A test holds each to an index. */
export const sql = {
  // Receipts
  digestOfKey: 'SELECT digest FROM seen WHERE key = ? AND expires_at > ?',
  // A row that expired may still be there.
  rememberKey: 'REPLACE INTO seen (key, digest, expires_at) VALUES (?, ?, ?)',
  userOfNonce: 'SELECT used_by AS usedBy FROM nonce WHERE key = ? AND expires_at > ?',
  rememberNonce: 'REPLACE INTO nonce (key, used_by, expires_at) VALUES (?, ?, ?)',
  addDelivery: 'INSERT INTO delivery (received_at, body, headers, context) VALUES (?, ?, ?, ?)',
  addEvent: `
    INSERT INTO event (delivery, receiver, type, json, unsigned, subject, due_at) VALUES (?, ?, ?, ?, ?, ?, ?)`,
  quarantine: `
    INSERT INTO quarantine (receiver, digest, reason, first_at, last_at, count, body, headers, context)
    VALUES (?, ?, ?, ?, ?, 1, ?, ?, ?)
    ON CONFLICT DO UPDATE SET reason = excluded.reason, last_at = excluded.last_at, count = count + 1`,
  isQuarantined: 'SELECT 1 FROM quarantine WHERE seq = ?',
  requarantine: 'UPDATE quarantine SET reason = ? WHERE seq = ?',
  unquarantine: 'DELETE FROM quarantine WHERE seq = ?',

  // What is unverified
  addUnverified: `
    INSERT INTO unverified (receiver, digest, received_at, expires_at, bytes, body, headers, context)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
  trimUnverified: `
    DELETE FROM unverified WHERE receiver = :receiver AND seq <= (
      SELECT max(seq) FROM (
        SELECT seq, count(*) OVER newest AS number, sum(bytes) OVER newest AS total
        FROM unverified WHERE receiver = :receiver WINDOW newest AS (ORDER BY seq DESC))
      WHERE number > :max OR total > :maxBytes)`,
  unverified: `
    SELECT seq, receiver, digest, received_at AS receivedAt, body, headers, context
    FROM unverified WHERE seq > :after AND (:receiver IS NULL OR receiver = :receiver)
    ORDER BY seq LIMIT :limit`,
  discardUnverified: 'DELETE FROM unverified WHERE seq = ?',
  rewriteUnverified: `
    UPDATE OR REPLACE unverified SET body = ?, headers = ?, context = ?, digest = ? WHERE seq = ?`,

  // Settlements: each applies only to the attempt that is running
  settleDone: `
    UPDATE event SET state = 'done', purge_at = ?, error = NULL
    WHERE seq = ? AND attempts = ? AND state = 'running'`,
  settleRetry: `
    UPDATE event SET state = 'waiting', due_at = ?, error = ?
    WHERE seq = ? AND attempts = ? AND state = 'running'`,
  settleDead: `
    UPDATE event SET state = 'dead', error = ?
    WHERE seq = ? AND attempts = ? AND state = 'running'`,
  settleReleased: `
    UPDATE event SET state = 'waiting', due_at = ?, attempts = attempts - 1
    WHERE seq = ? AND attempts = ? AND state = 'running'`,
  raiseHead: `
    INSERT INTO head (key, time) VALUES (?, ?) ON CONFLICT DO UPDATE SET time = max(time, excluded.time)`,
  head: 'SELECT time FROM head WHERE key = ?',

  // Running
  countCrashes: `
    UPDATE event SET state = 'waiting', crashes = crashes + 1, due_at = ?
    WHERE state = 'running' AND receiver = ?`,
  dueEvents: `
    SELECT event.seq, due_at AS dueAt, attempts + 1 AS attempt, crashes, json, unsigned, context
    FROM event JOIN delivery ON delivery.seq = event.delivery
    WHERE receiver = ? AND state = 'waiting' AND crashes = 0 AND due_at <= ? ORDER BY due_at, event.seq LIMIT ?`,
  dueSuspect: `
    SELECT event.seq, due_at AS dueAt, attempts + 1 AS attempt, crashes, json, unsigned, context
    FROM event JOIN delivery ON delivery.seq = event.delivery
    WHERE receiver = ? AND state = 'waiting' AND crashes > 0 AND due_at <= ? ORDER BY due_at, event.seq LIMIT 1`,
  start: `UPDATE event SET state = 'running', attempts = attempts + 1 WHERE seq = ?`,
  nextDueAt: `
    SELECT min(due_at) FROM (
      SELECT min(due_at) AS due_at FROM event WHERE receiver = :receiver AND state = 'waiting' AND crashes = 0
      UNION ALL
      SELECT min(due_at) AS due_at FROM event WHERE receiver = :receiver AND state = 'waiting' AND crashes > 0)`,
  retry: `
    UPDATE event SET state = 'waiting', attempts = 0, crashes = 0, due_at = ? WHERE seq = ? AND state = 'dead'`,

  // Purging
  purgeKeys: `
    DELETE FROM seen WHERE key IN (SELECT key FROM seen WHERE expires_at <= ? ORDER BY expires_at LIMIT ?)`,
  purgeNonces: `
    DELETE FROM nonce WHERE key IN (SELECT key FROM nonce WHERE expires_at <= ? ORDER BY expires_at LIMIT ?)`,
  purgeUnverified: `
    DELETE FROM unverified WHERE seq IN (
      SELECT seq FROM unverified WHERE expires_at <= ? ORDER BY expires_at LIMIT ?)`,
  purgeable: `
    SELECT seq, delivery FROM event WHERE purge_at <= ? ORDER BY purge_at LIMIT ?`,
  purgeEvent: 'DELETE FROM event WHERE seq = ?',
  purgeDelivery:
    'DELETE FROM delivery WHERE seq = :seq AND NOT EXISTS (SELECT 1 FROM event WHERE delivery = :seq)',

  // Discarding
  discardEvent: `DELETE FROM event WHERE seq = ? AND state = 'dead' RETURNING delivery`,

  // Sealing and erasing. Hashes that were made without a key are shorter or longer than those with one.
  seal: 'SELECT text FROM seal',
  setSeal: 'INSERT INTO seal (one, text) VALUES (1, ?) ON CONFLICT DO UPDATE SET text = excluded.text',
  deliveries: `
    SELECT seq, body, headers, context FROM delivery WHERE seq > :after ORDER BY seq LIMIT :limit`,
  unlookedDeliveries: `
    SELECT seq, body, headers, context FROM delivery WHERE seq IN (
      SELECT delivery FROM event WHERE subject IS NULL AND delivery > :after ORDER BY delivery LIMIT :limit)
    ORDER BY seq`,
  deliveryOf: `
    SELECT seq, body, headers, context FROM delivery WHERE seq = (SELECT delivery FROM event WHERE event.seq = ?)`,
  factsOf: 'SELECT seq, receiver, json, subject FROM event WHERE delivery = ? ORDER BY seq',
  rewriteDelivery: `
    UPDATE delivery SET body = iif(length(body) = 0, body, ?), headers = iif(length(body) = 0, headers, ?), context = ?
    WHERE seq = ?`,
  rewriteEvent: 'UPDATE event SET json = ?, subject = ? WHERE seq = ?',
  rewriteQuarantined: `
    UPDATE quarantine SET body = iif(length(body) = 0, body, ?), headers = ?, context = ? WHERE seq = ?`,
  redigest: 'UPDATE OR IGNORE quarantine SET digest = ? WHERE seq = ?',
  plainKeys: `
    SELECT key AS hash, digest FROM seen WHERE key > ? AND length(key) = 16 ORDER BY key LIMIT ?`,
  plainNonces: `
    SELECT key AS hash, used_by AS digest FROM nonce WHERE key > ? AND length(key) = 16 ORDER BY key LIMIT ?`,
  plainHeads: 'SELECT key AS hash FROM head WHERE key > ? AND length(key) = 32 ORDER BY key LIMIT ?',
  rekey: `
    INSERT INTO seen (key, digest, expires_at) SELECT :to, :digest, expires_at FROM seen WHERE key = :from
    ON CONFLICT DO NOTHING`,
  renonce: `
    INSERT INTO nonce (key, used_by, expires_at) SELECT :to, :digest, expires_at FROM nonce WHERE key = :from
    ON CONFLICT DO NOTHING`,
  forgetNonce: 'DELETE FROM nonce WHERE key = ?',
  forgetKey: 'DELETE FROM seen WHERE key = ?',
  rehead: `
    INSERT INTO head (key, time) SELECT :to, time FROM head WHERE key = :from
    ON CONFLICT DO UPDATE SET time = max(time, excluded.time)`,
  forgetHead: 'DELETE FROM head WHERE key = ?',
  aboutSubject: `
    SELECT seq, delivery, receiver, state FROM event
    WHERE subject = :subject AND (:receiver IS NULL OR receiver = :receiver)`,
  blankDelivery: `UPDATE delivery SET body = x'', headers = '{}' WHERE seq = ? AND length(body) > 0`,

  // Looking
  stats: `
    SELECT ${UNHANDLED},
      (SELECT count(*) FROM event WHERE state = 'done') AS done, (SELECT count(*) FROM quarantine) AS quarantined` as string,
  unhandled: `SELECT ${UNHANDLED}` as string,
  events: `
    SELECT event.seq, receiver, state, type, json, attempts, crashes, due_at AS dueAt, error,
      received_at AS receivedAt, context
    FROM event JOIN delivery ON delivery.seq = event.delivery
    WHERE event.seq > :after AND (:receiver IS NULL OR receiver = :receiver)
    ORDER BY event.seq LIMIT :limit`,
  eventsInState: `
    SELECT event.seq, receiver, state, type, json, attempts, crashes, due_at AS dueAt, error,
      received_at AS receivedAt, context
    FROM event JOIN delivery ON delivery.seq = event.delivery
    WHERE state = :state AND event.seq > :after AND (:receiver IS NULL OR receiver = :receiver)
    ORDER BY event.seq LIMIT :limit`,
  quarantined: `
    SELECT seq, receiver, digest, reason, first_at AS firstAt, last_at AS lastAt, count, body, headers, context
    FROM quarantine WHERE seq > :after AND (:receiver IS NULL OR receiver = :receiver)
    ORDER BY seq LIMIT :limit`,
} as const
