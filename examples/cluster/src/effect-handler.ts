import { randomInt } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { Handler } from '@kyc-webhooks/core'
import type { Pool } from 'pg'

/** How long a handler works, in milliseconds: long enough for kills to meet it. */
const WORK_MS = { from: 10, below: 100 }

/**
 * The handler of the workers. Its effect is a row, written in two steps in the transaction that settles the event. Each run
 * is noted outside of that transaction, too, so that it can be counted whatever becomes of it.
 *
 * @param worker the process, as `effect` and `handler_run` are to name it
 */
export function effectHandler(worker: string, pool: Pool): Handler {
  return async ({ id }, { client, delivery, signal }) => {
    if (client === undefined) throw new Error('no transaction: `transactional` is not set')
    await pool.query('INSERT INTO handler_run (event_id, worker) VALUES ($1, $2)', [id, worker])
    const { rows } = await client.query(
      'INSERT INTO effect (event_id, worker, received_at) VALUES ($1, $2, $3) RETURNING id',
      [id, worker, Date.parse(delivery.receivedAt)],
    )
    await delay(randomInt(WORK_MS.from, WORK_MS.below), undefined, { signal })
    await client.query('UPDATE effect SET handled_at = $2 WHERE id = $1', [rows[0]?.id, Date.now()])
  }
}
