import { type Inbox, memoryInbox, type Outcome, type Receipt } from '@kyc-webhooks/core'
import pg from 'pg'

const INSERT = 'INSERT INTO delivery (key, body) VALUES ($1, $2) ON CONFLICT DO NOTHING'

/**
 * What people write today: one `INSERT` for each request through `pg`, with the delivery id as the primary key. It records
 * the bytes and de-duplicates; it has no events, no nonces, no quarantine and no jobs.
 */
export function insertInbox(url: string, connections: number): Inbox {
  const pool = new pg.Pool({ connectionString: url, max: connections })
  return Object.assign(memoryInbox(), {
    open: async (): Promise<void> => {
      await pool.query(`CREATE TABLE IF NOT EXISTS delivery (
        key text PRIMARY KEY, received_at timestamptz NOT NULL DEFAULT now(), body bytea NOT NULL)`)
    },
    record: async ({ key, body }: Receipt): Promise<Outcome> => {
      const { rowCount } = await pool.query(INSERT, [key, body])
      return rowCount === 0 ? 'duplicate' : 'recorded'
    },
    close: (): Promise<void> => pool.end(),
  })
}
