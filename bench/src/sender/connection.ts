import { connect, type Socket } from 'node:net'
import type { Request } from './requests.ts'

const HEAD_END = '\r\n\r\n'

/** One connection to the receiver, opened anew when it was closed. One request at a time. */
export class Connection {
  readonly #port: number
  readonly #onReply: (status: number) => void
  readonly #onBroken: () => void
  #socket: Socket | undefined
  #isWaiting = false
  /** The beginning of a reply that came in pieces. */
  #begun: Buffer | undefined

  constructor(port: number, onReply: (status: number) => void, onBroken: () => void) {
    this.#port = port
    this.#onReply = onReply
    this.#onBroken = onBroken
  }

  /** So that it is there when it is needed. */
  open(): void {
    this.#socket ??= this.#open()
  }

  send({ head, tail }: Request): void {
    this.#isWaiting = true
    this.#socket ??= this.#open()
    if (tail === undefined) return void this.#socket.write(head)
    this.#socket.cork()
    this.#socket.write(head)
    this.#socket.write(tail)
    this.#socket.uncork()
  }

  close(): void {
    this.#isWaiting = false
    this.#socket?.destroy()
  }

  #open(): Socket {
    const socket = connect({ port: this.#port, host: '127.0.0.1', noDelay: true })
    socket.on('data', (bytes: Buffer) => this.#received(bytes))
    // What follows is `close`.
    socket.on('error', () => {})
    socket.on('end', () => this.#forget(socket))
    socket.on('close', () => this.#forget(socket))
    return socket
  }

  #received(bytes: Buffer): void {
    const reply = this.#begun === undefined ? bytes : Buffer.concat([this.#begun, bytes])
    if (!isWhole(reply)) {
      this.#begun = reply
      return
    }
    this.#begun = undefined
    this.#isWaiting = false
    this.#onReply(Number(reply.toString('latin1', 9, 12)))
  }

  #forget(socket: Socket): void {
    if (this.#socket !== socket) return
    this.#socket = undefined
    this.#begun = undefined
    if (!this.#isWaiting) return
    this.#isWaiting = false
    this.#onBroken()
  }
}

/** Replies come whole nearly always; nothing of them matters but the status. */
function isWhole(reply: Buffer): boolean {
  const end = reply.indexOf(HEAD_END)
  if (end < 0) return false
  const length = /content-length: (\d+)/i.exec(reply.toString('latin1', 0, end))
  if (length === null) return reply.toString('latin1').endsWith('0\r\n\r\n')
  return reply.length >= end + HEAD_END.length + Number(length[1])
}
