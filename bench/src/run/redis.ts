import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/** A Redis of our own: nobody else's is filled with jobs. */
export interface Redis {
  port: number
  stop(): Promise<void>
}

/**
 * `durable`: each write is synced before its reply. Otherwise as Redis comes: a snapshot now and then.
 * Without `redis-server` on the path: `undefined`.
 */
export async function startRedis(
  folder: string,
  durable: boolean,
  env: Record<string, string> = {},
): Promise<Redis | undefined> {
  const port = await freePort()
  const sync = durable ? ['--appendonly', 'yes', '--appendfsync', 'always'] : []
  const dir = await mkdtemp(join(folder, 'redis-'))
  const server = spawn(
    'redis-server',
    ['--port', String(port), '--bind', '127.0.0.1', '--dir', dir, ...sync],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, ...env },
    },
  )
  const gone = new Promise<false>((resolve) =>
    server.once('error', () => resolve(false)).once('exit', () => resolve(false)),
  )
  if (!(await Promise.race([ready(server.stdout), gone]))) return undefined
  return {
    port,
    stop: async () => {
      server.kill('SIGKILL')
      await gone
    },
  }
}

async function ready(output: NodeJS.ReadableStream): Promise<boolean> {
  for await (const line of createInterface({ input: output })) {
    if (!line.includes('Ready to accept connections')) continue
    output.resume()
    return true
  }
  return false
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  if (typeof address !== 'object' || address === null) throw new Error('no free port')
  return address.port
}
