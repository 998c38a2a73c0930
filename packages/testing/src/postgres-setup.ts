import { startPostgres } from './start-postgres.ts'

/** Where the tests find Postgres: the one they are told of, one that is running here, or one of their own. */
export default async function setup(): Promise<(() => Promise<void>) | undefined> {
  const { url, stop } = await startPostgres()
  process.env.TEST_POSTGRES_URL = url
  return stop
}
