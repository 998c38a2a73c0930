import net, { type AddressInfo, type Server, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** A reply as it came over the wire. */
export interface RawReply {
  status: number
  /** Lower-case names. */
  headers: Readonly<Record<string, string>>
  body: string
}

/** An HTTP/1.1 head that says exactly what it is told. */
export function rawHead(
  method: string,
  path: string,
  headers: readonly (readonly [string, string])[],
): string {
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`)
  return `${method} ${path} HTTP/1.1\r\nHost: x\r\n${lines.join('')}\r\n`
}

/** A connection for what no HTTP client would send. */
export class RawConnection {
  readonly #socket: Socket
  #received: Buffer = Buffer.alloc(0)
  #news = Promise.withResolvers<void>()
  #over = false

  constructor(server: Server) {
    this.#socket = net.connect((server.address() as AddressInfo).port, '127.0.0.1').setNoDelay()
    this.#socket.on('error', () => {})
    this.#socket.on('data', (bytes) => {
      this.#received = Buffer.concat([this.#received, bytes])
      this.#tell()
    })
    this.#socket.on('close', () => {
      this.#over = true
      this.#tell()
    })
  }

  #tell(): void {
    this.#news.resolve()
    this.#news = Promise.withResolvers()
  }

  write(bytes: string | Uint8Array): void {
    this.#socket.write(bytes)
  }

  /** Writes that reach the server one by one. */
  async trickle(bytes: Uint8Array): Promise<void> {
    for (const byte of bytes) {
      this.#socket.write(Uint8Array.of(byte))
      await sleep(0)
    }
  }

  /** Says that nothing more will come. */
  end(): void {
    this.#socket.end()
  }

  /** Cuts the connection, as a crash of the sender does. */
  reset(): void {
    this.#socket.resetAndDestroy()
  }

  /** The next reply, `100 Continue` included. Rejects when none comes in time. */
  async reply(withinMs = 2_000): Promise<RawReply> {
    return this.#until(withinMs, () => {
      const head = this.#received.indexOf('\r\n\r\n')
      if (head < 0) return undefined
      const [first = '', ...lines] = this.#received.toString('latin1', 0, head).split('\r\n')
      const headers = Object.fromEntries(
        lines.map((line) => [
          line.slice(0, line.indexOf(':')).toLowerCase(),
          line.slice(line.indexOf(':') + 1).trim(),
        ]),
      )
      const status = Number(first.split(' ')[1])
      const end = this.#endOfReply(head + 4, status, headers)
      if (end === undefined || this.#received.length < end) return undefined
      const body = this.#received.toString('utf8', head + 4, end)
      this.#received = this.#received.subarray(end)
      return { status, headers, body }
    })
  }

  /** Where the body ends that begins here, as far as what has come tells. Chunks are left as they are. */
  #endOfReply(start: number, status: number, headers: RawReply['headers']): number | undefined {
    if (status < 200) return start
    if (headers['content-length'] !== undefined) return start + Number(headers['content-length'])
    if (headers['transfer-encoding'] === undefined) return this.#over ? this.#received.length : undefined
    const last = this.#received.indexOf('0\r\n\r\n', start)
    return last < 0 ? undefined : last + 5
  }

  /** The status of the next reply; `closed` when the connection is closed instead. */
  async outcome(withinMs = 2_000): Promise<number | 'closed'> {
    return this.reply(withinMs).then(
      ({ status }) => status,
      (error: unknown) => {
        if (this.#over) return 'closed'
        throw error
      },
    )
  }

  /** Resolves when the connection is closed. */
  async closed(): Promise<void> {
    await this.#until(2_000, () => this.#over || undefined)
  }

  async #until<T>(withinMs: number, look: () => T | undefined): Promise<T> {
    const deadline = AbortSignal.timeout(withinMs)
    for (;;) {
      const seen = look()
      if (seen !== undefined) return seen
      if (this.#over) throw new Error('the connection was closed first')
      if (deadline.aborted) throw new Error(`nothing came within ${withinMs} ms`)
      await Promise.race([this.#news.promise, sleep(50)])
    }
  }

  destroy(): void {
    this.#socket.destroy()
  }
}
