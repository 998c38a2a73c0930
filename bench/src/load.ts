import { connect, type Socket } from 'node:net'
import { parseArgs } from 'node:util'
import { pressEvents, pressSimulator } from '@kyc-webhooks/simulator'

// The sender, in a process of its own: `load.ts --port 3000 --secret s --connections 64 --seconds 5 --warmup 1`. Closed loop:
// each connection sends its next delivery when the reply to the last is there. Every delivery is new, and all are
// signed beforehand. Prints a `LoadReport` as JSON.

/** What the sender saw, without its warm-up. */
export interface LoadReport {
  /** Replies with 200. */
  accepted: number
  /** All others. */
  refused: number
  /** All replies, with those of the warm-up. */
  replies: number
  seconds: number
  /** Milliseconds from the last byte sent to the reply. */
  p50: number
  p99: number
  max: number
}

const { values } = parseArgs({
  options: {
    port: { type: 'string' },
    secret: { type: 'string' },
    connections: { type: 'string', default: '64' },
    seconds: { type: 'string', default: '5' },
    warmup: { type: 'string', default: '1' },
    signed: { type: 'string', default: '100000' },
  },
})
const port = Number(values.port)
const secret = String(values.secret)
const connections = Number(values.connections)
const warmupMs = Number(values.warmup) * 1_000
const endMs = warmupMs + Number(values.seconds) * 1_000

const press = pressSimulator({ url: 'http://127.0.0.1/', secret })
const events = pressEvents({ seed: process.pid })
const deliveries = Array.from({ length: Number(values.signed) }, signed)
let next = 0
let accepted = 0
let refused = 0
let replies = 0
const latencies: number[] = []
const startedAt = performance.now()
const sockets = Array.from({ length: connections }, () => connect({ port, host: '127.0.0.1', noDelay: true }))
await Promise.all(sockets.map(run))
latencies.sort((a, b) => a - b)
const at = (share: number): number => latencies[Math.floor(share * (latencies.length - 1))] ?? Number.NaN
const report: LoadReport = {
  accepted,
  refused,
  replies,
  seconds: (endMs - warmupMs) / 1_000,
  p50: at(0.5),
  p99: at(0.99),
  max: at(1),
}
process.stdout.write(`${JSON.stringify(report)}\n`)

/** One connection, until the time is over. */
function run(socket: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    let sentAt = 0
    const send = (): void => {
      const delivery = deliveries[next++]
      if (delivery === undefined) return void socket.destroy(new Error('signed too few deliveries'))
      sentAt = performance.now()
      socket.write(delivery)
    }
    socket.on('connect', send)
    socket.on('data', (bytes) => {
      const now = performance.now()
      const elapsed = now - startedAt
      // Replies are small: each comes in one piece.
      replies++
      const isAccepted = bytes.toString('latin1', 0, 12) === 'HTTP/1.1 200'
      if (elapsed > warmupMs && elapsed <= endMs) {
        if (isAccepted) accepted++
        else refused++
        latencies.push(now - sentAt)
      }
      if (elapsed > endMs) socket.end()
      else send()
    })
    socket.on('error', reject)
    socket.on('close', () => resolve())
  })
}

/** The next delivery of PRESS, as bytes on the wire. */
function signed(): Buffer {
  const { headers, body } = press.prepare(events.envelope())
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  const head = [
    'POST /webhooks/press HTTP/1.1',
    'Host: 127.0.0.1',
    ...lines,
    `Content-Length: ${body.length}`,
  ]
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), body])
}
