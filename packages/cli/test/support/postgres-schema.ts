import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { onTestFinished } from 'vitest'

/** A schema of its own that does not exist yet, dropped when the test is over. */
export async function makeSchema() {
  const url = String(process.env.TEST_POSTGRES_URL)
  const schema = `cli_${randomUUID().slice(0, 8)}`
  const query = async (text: string) => {
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    try {
      return (await client.query(text)).rows
    } finally {
      await client.end()
    }
  }
  onTestFinished(async () => {
    await query(`DROP SCHEMA IF EXISTS ${schema}, ${schema}_boss CASCADE`)
  })
  const count = async () =>
    (await query(`SELECT 1 FROM pg_namespace WHERE nspname IN ('${schema}', '${schema}_boss')`)).length
  return { url, schema, count }
}
