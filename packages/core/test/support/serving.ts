import { once } from 'node:events'
import http, { type IncomingMessage } from 'node:http'
import net, { type AddressInfo, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { onTestFinished } from 'vitest'
import type { KycEvent } from '../../src/event.ts'
import { nodeRequest } from '../../src/node-request.ts'
import type { Provider } from '../../src/provider.ts'
import type { ReceiverOptions } from '../../src/receiver-options.ts'
import { sendReply } from '../../src/send-reply.ts'
import { type Receiving, receiving } from './receiving.ts'
import type { Delivery } from './signed.ts'

export interface Answer {
  status: number
  headers: IncomingMessage['headers']
  body: string
}

/** A receiver behind a real server of `node:http`, as an adapter has it. */
export interface Serving<E extends KycEvent> extends Receiving<E> {
  /** Sends it as it stands, over a connection of its own. */
  post: (delivery: Delivery, method?: string) => Promise<Answer>
  /** A connection to write whatever bytes to. */
  connect: () => Promise<Socket>
}

/** What a middleware in front of us does to a request. */
type Prepare = (req: IncomingMessage & { body?: unknown }) => unknown

export async function serving<E extends KycEvent>(
  provider: Provider<E>,
  options: Partial<ReceiverOptions<E>> = {},
  prepare: Prepare = () => {},
): Promise<Serving<E>> {
  const received = receiving(provider, options)
  const server = http.createServer(async (req, res) => {
    await prepare(req)
    const request = nodeRequest(req, { remedy: 'move express.json() behind it' })
    sendReply(res, await received.receiver.receive(request))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return {
    ...received,
    post: (delivery, method) => post(port, delivery, method),
    connect: () => connect(port),
  }
}

async function post(port: number, { headers, body }: Delivery, method = 'POST'): Promise<Answer> {
  const sent = { ...headers, 'Content-Length': String(body.length) }
  const raw = Object.entries(sent).flatMap(([name, values]) =>
    [values ?? []].flat().flatMap((value) => [name, value]),
  )
  const options = { port, host: '127.0.0.1', method, headers: ['Host', 'localhost', ...raw], agent: false }
  const req = http.request(options).end(body)
  const [res]: [IncomingMessage] = (await once(req, 'response')) as [IncomingMessage]
  return { status: res.statusCode ?? 0, headers: res.headers, body: await text(res) }
}

async function connect(port: number): Promise<Socket> {
  const socket = net.connect(port, '127.0.0.1').setNoDelay()
  socket.on('error', () => {})
  onTestFinished(() => void socket.destroy())
  await once(socket, 'connect')
  return socket
}

/** The head of a delivery as text, to be written by hand. */
export function headOf({ headers }: Delivery, ...more: string[]): string {
  const lines = Object.entries(headers).flatMap(([name, values]) =>
    [values ?? []].flat().map((value) => `${name}: ${value}`),
  )
  return ['POST / HTTP/1.1', 'Host: localhost', ...lines, ...more, '', ''].join('\r\n')
}

/** What has been answered so far on a connection: all of it, and its status, 0 before there is one. */
export function answering(socket: Socket): { text: () => string; status: () => number } {
  let answered = ''
  socket.on('data', (chunk) => {
    answered += chunk
  })
  return { text: () => answered, status: () => Number(answered.split(' ', 2)[1] ?? 0) }
}
