import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

/** A receiver that does not say within this time that it is ready is not, in milliseconds. */
const LOOK_TIMEOUT_MS = 5_000

/** A receiver behind the proxy, which asks it again and again whether it is ready. */
export class Upstream {
  readonly port: number
  readonly #closed = new AbortController()
  #isReady = false

  constructor(port: number) {
    this.port = port
  }

  get isReady(): boolean {
    return this.#isReady
  }

  /** Asks `/readyz` once. */
  async look(): Promise<void> {
    const signal = AbortSignal.any([this.#closed.signal, AbortSignal.timeout(LOOK_TIMEOUT_MS)])
    try {
      const reply = await fetch(`http://127.0.0.1:${this.port}/readyz`, { signal })
      await reply.arrayBuffer()
      this.#isReady = reply.ok
    } catch {
      this.#isReady = false
    }
  }

  /** Asks until it is closed. */
  async watch(everyMs: number): Promise<void> {
    const { signal } = this.#closed
    while (!signal.aborted) {
      await delay(everyMs, undefined, { signal }).catch(() => {})
      await this.look()
    }
  }

  /** A connection; `undefined` when there is none to be had. */
  async connect(): Promise<Socket | undefined> {
    const socket = connect(this.port, '127.0.0.1')
    try {
      await once(socket, 'connect')
      return socket
    } catch {
      // Gone. The next look may find it again.
      this.#isReady = false
      return undefined
    }
  }

  close(): void {
    this.#closed.abort()
  }
}
