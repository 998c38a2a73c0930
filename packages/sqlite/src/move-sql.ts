/** Every statement of a move, named by what it does. */
export const moveSql = {
  closed: `SELECT state, place FROM move WHERE state IN ('left', 'arriving')`,

  // Handing over
  own: `SELECT origin, id, state, place FROM move WHERE state IN ('leaving', 'left')`,
  intend: `INSERT INTO move (origin, state, place) VALUES (?, 'leaving', ?)`,
  counts: `
    SELECT (SELECT count(*) FROM seen) AS keys, (SELECT count(*) FROM nonce) AS nonces,
      (SELECT count(*) FROM head) AS heads, (SELECT count(*) FROM delivery) AS deliveries,
      (SELECT count(*) FROM event) AS events, (SELECT count(*) FROM quarantine) AS quarantined`,
  lastSeq: 'SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = ?',
  keys: 'SELECT key, digest, expires_at AS expiresAt FROM seen WHERE key > ? ORDER BY key LIMIT ?',
  nonces: `
    SELECT key, used_by AS usedBy, expires_at AS expiresAt FROM nonce WHERE key > ? ORDER BY key LIMIT ?`,
  heads: 'SELECT key, time FROM head WHERE key > ? ORDER BY key LIMIT ?',
  delivery: `
    SELECT seq, received_at AS receivedAt, body, headers, context FROM delivery
    WHERE seq > ? ORDER BY seq LIMIT 1`,
  eventsOf: `
    SELECT seq, receiver, type, json, unsigned, subject, due_at AS dueAt, attempts, error, purge_at AS purgeAt,
      CASE state WHEN 'running' THEN 'waiting' ELSE state END AS state, crashes + (state = 'running') AS crashes
    FROM event WHERE delivery = ? ORDER BY seq`,
  quarantined: `
    SELECT seq, receiver, digest, reason, first_at AS firstAt, last_at AS lastAt, count, body, headers, context
    FROM quarantine WHERE seq > ? ORDER BY seq LIMIT 1`,
  leave: `UPDATE move SET state = 'left', id = ?, place = ? WHERE state = 'leaving'`,

  // Taking over
  isEmpty: `
    SELECT NOT EXISTS (SELECT 1 FROM seen) AND NOT EXISTS (SELECT 1 FROM nonce) AND NOT EXISTS (SELECT 1 FROM head)
      AND NOT EXISTS (SELECT 1 FROM event) AND NOT EXISTS (SELECT 1 FROM quarantine)`,
  isSameSource: `SELECT 1 FROM move WHERE state = 'arriving' AND origin = ?`,
  forget: `DELETE FROM move WHERE state = 'arriving'`,
  addKey: 'INSERT INTO seen (key, digest, expires_at) VALUES (?, ?, ?)',
  addNonce: 'INSERT INTO nonce (key, used_by, expires_at) VALUES (?, ?, ?)',
  addHead: 'INSERT INTO head (key, time) VALUES (?, ?)',
  addDelivery: 'INSERT INTO delivery (received_at, body, headers, context) VALUES (?, ?, ?, ?)',
  addEvent: `
    INSERT INTO event
      (delivery, seq, receiver, type, json, unsigned, subject, state, due_at, attempts, crashes, error, purge_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  addQuarantined: `
    INSERT INTO quarantine
      (seq, receiver, digest, reason, first_at, last_at, count, body, headers, context)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  forgetSeal: 'DELETE FROM seal',
  raiseSeq: 'UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = ?',
  addSeq: 'INSERT INTO sqlite_sequence (seq, name) VALUES (?, ?)',
  arrive: `REPLACE INTO move (origin, id, state, place, counts) VALUES (?, ?, 'arriving', ?, ?)`,
  moveIn: `
    UPDATE move SET state = 'arrived' WHERE id = ? AND state IN ('arriving', 'arrived') RETURNING counts`,
} as const
