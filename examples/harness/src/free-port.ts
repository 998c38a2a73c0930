import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'

/**
 * A port of 127.0.0.1 that is free: the wanted one if it is. Otherwise one below those that operating systems take for
 * outgoing connections: a client that tries such a port while no server has it may be given that very port, and meet itself.
 */
export async function freePort(wanted = 0): Promise<number> {
  const port = wanted === 0 ? randomInt(20_000, 30_000) : wanted
  const server = createServer()
  try {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
  } catch {
    return freePort()
  }
  server.close()
  await once(server, 'close')
  return port
}
