import pg from 'pg'

/** Connections that may break while nobody uses them: a database that goes away ends no process. */
export function openPool(connectionString: string, max: number): pg.Pool {
  const pool = new pg.Pool({ connectionString, max, application_name: 'kyc-webhooks cluster' })
  pool.on('error', () => {})
  return pool
}
