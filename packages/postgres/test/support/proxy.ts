import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

/** A TCP proxy in front of Postgres that can be made to fail as networks do. */
export interface Proxy {
  url: string
  /** Forwards, also on connections that hung. */
  pass(): void
  /** Accepts and forwards nothing: packets are lost, nobody is told. */
  hang(): void
  /** Closes all connections and every new one. */
  cut(): void
  /** Has the server end each new connection as soon as it is ready, in the same bytes. */
  end(): void
}

/** What the server says last when an administrator ends the connection. */
const TERMINATED = message(
  'E',
  'SFATAL\0VFATAL\0C57P01\0Mterminating connection due to administrator command\0\0',
)
const READY = message('Z', 'I')

function message(type: string, text: string): Buffer {
  const length = Buffer.alloc(4)
  length.writeInt32BE(text.length + length.length)
  return Buffer.concat([Buffer.from(type), length, Buffer.from(text)])
}

export async function proxyTo(url: string): Promise<Proxy> {
  const target = new URL(url)
  let mode: 'pass' | 'hang' | 'cut' | 'end' = 'pass'
  const pairs = new Set<[Socket, Socket]>()

  const server = createServer((inbound) => {
    if (mode === 'cut') {
      inbound.destroy()
      return
    }
    const outbound = connect(Number(target.port || 5432), target.hostname)
    const pair: [Socket, Socket] = [inbound, outbound]
    if (mode === 'end') {
      inbound.on('error', () => {}).pipe(outbound.on('error', () => {}))
      outbound.on('data', (bytes: Buffer) => {
        const isReady = bytes.subarray(-READY.length).equals(READY)
        if (isReady) inbound.end(Buffer.concat([bytes, TERMINATED]))
        else inbound.write(bytes)
      })
      inbound.on('close', () => outbound.destroy())
      return
    }
    pairs.add(pair)
    for (const [from, to] of [pair, pair.toReversed()] as [Socket, Socket][]) {
      from.on('error', () => {})
      from.on('close', () => {
        to.destroy()
        pairs.delete(pair)
      })
      from.pipe(to)
      if (mode === 'hang') from.unpipe(to).pause()
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    for (const pair of pairs) for (const socket of pair) socket.destroy()
    server.close()
  })
  const each = (act: (from: Socket, to: Socket) => void) => {
    for (const [a, b] of pairs) {
      act(a, b)
      act(b, a)
    }
  }
  const { port } = server.address() as AddressInfo
  return {
    url: Object.assign(new URL(url), { hostname: '127.0.0.1', port: String(port) }).href,
    pass() {
      if (mode === 'hang') each((from, to) => from.pipe(to))
      mode = 'pass'
    },
    hang() {
      mode = 'hang'
      each((from, to) => from.unpipe(to).pause())
    },
    end() {
      mode = 'end'
    },
    cut() {
      mode = 'cut'
      each((from) => from.destroy())
    },
  }
}
