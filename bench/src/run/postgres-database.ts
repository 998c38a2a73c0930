import { startPostgres } from '@kyc-webhooks/testing/postgres'
import { benchDatabase } from '../database.ts'

/** A database for one experiment. Without any Postgres: `undefined`. */
export async function postgresDatabase(): Promise<{ url: string; close(): Promise<void> } | undefined> {
  const server = await startPostgres().catch(() => undefined)
  if (server === undefined) return undefined
  const { url, drop } = await benchDatabase(server.url)
  return {
    url,
    close: async () => {
      await drop()
      await server.stop?.()
    },
  }
}
