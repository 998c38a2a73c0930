import { randomUUID } from 'node:crypto'
import pg from 'pg'

/** A database of its own, for one measurement. */
export interface BenchDatabase {
  url: string
  query(sql: string): Promise<Record<string, unknown>[]>
  drop(): Promise<void>
}

export async function benchDatabase(server: string): Promise<BenchDatabase> {
  const name = `kyc_bench_${randomUUID().replaceAll('-', '')}`
  await once(server, `CREATE DATABASE ${name}`)
  const url = Object.assign(new URL(server), { pathname: `/${name}` }).href
  return {
    url,
    query: (sql) => once(url, sql),
    drop: async () => void (await once(server, `DROP DATABASE ${name} WITH (FORCE)`)),
  }
}

async function once(connectionString: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString })
  await client.connect()
  try {
    return (await client.query(sql)).rows
  } finally {
    await client.end()
  }
}
