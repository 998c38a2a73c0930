/** Records a delivery; resolves when the other server has said that it has it. */
export type Add = (id: string, body: Buffer) => Promise<unknown>

/** One `INSERT` for each request through a pool of the driver's default size. */
export async function insertPostgres(url: string | undefined): Promise<Add> {
  if (url === undefined) throw new Error('no Postgres')
  const { default: pg } = await import('pg')
  const pool = new pg.Pool({ connectionString: url })
  await pool.query(`CREATE TABLE IF NOT EXISTS delivery (
    id text PRIMARY KEY, received_at timestamptz NOT NULL DEFAULT now(), body bytea NOT NULL)`)
  return (id, body) =>
    pool.query('INSERT INTO delivery (id, body) VALUES ($1, $2) ON CONFLICT DO NOTHING', [id, body])
}

/** One job for each request, with the delivery id as its own. Whether that survives a power cut is up to Redis. */
export async function addJob(port: number | undefined): Promise<Add> {
  if (port === undefined) throw new Error('no Redis')
  const { Queue } = await import('bullmq')
  const queue = new Queue('deliveries', { connection: { host: '127.0.0.1', port } })
  return (id, body) => queue.add('delivery', { body: body.toString() }, { jobId: id })
}
