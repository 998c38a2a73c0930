import {
  type Mishap,
  type PlayReport,
  type PreparedDelivery,
  type PrepareOptions,
  play,
  type Simulator,
} from '@kyc-webhooks/simulator'
import { type Bench, deliver, replyOf } from './bench.ts'
import type { Exchange, Reply, Wanted } from './exchange.ts'
import { type Handshake, type HandshakeOptions, handshake } from './handshake.ts'
import { request } from './request.ts'

const DEFAULT_LOAD = { rate: 20, count: 40 }
/** For what is no delivery, in milliseconds. */
const TIME_LIMIT_MS = 10_000

/** How a delivery is sent. */
interface Sending {
  /** @default the simulator of the target */
  readonly by?: Simulator
  /** @default nothing */
  readonly mishap?: Mishap
}

/** What one point works with. Whatever is sent through it becomes an exchange of the report. */
export class Trial {
  readonly bench: Bench
  readonly #exchanges: Exchange[] = []

  constructor(bench: Bench) {
    this.bench = bench
  }

  get exchanges(): readonly Exchange[] {
    return this.#exchanges
  }

  /** A new delivery, signed. @param options what is wrong with it */
  prepare(options: PrepareOptions = {}, draft = this.bench.draft()): PreparedDelivery {
    return this.bench.target.simulator.prepare(draft, options)
  }

  /** Sends once. @param sent what it is, in words */
  async send(
    sent: string,
    delivery: PreparedDelivery,
    wanted?: Wanted,
    { by = this.bench.target.simulator, ...options }: Sending = {},
  ): Promise<Reply> {
    return this.#note(sent, 'POST', delivery, await deliver(delivery, by, options), wanted)
  }

  /** Sends the first half of it, and waits a while for a reply to that. */
  async sendHalf(sent: string, delivery: PreparedDelivery, wanted: Wanted, waitMs: number): Promise<Reply> {
    const signal = AbortSignal.timeout(waitMs)
    const none = { status: undefined, headers: {}, body: '', durationMs: waitMs }
    const reply = await this.bench.target.simulator
      .send(delivery, { mishap: 'stalled-body', signal })
      .then(replyOf, () => ({ ...none, reason: 'no reply while the rest is kept back' }))
    return this.#note(sent, 'POST', delivery, reply, wanted)
  }

  /** The reply to the first delivery of the run: sent once, whoever asks. */
  async first(wanted: Wanted): Promise<Reply> {
    const { delivery, reply } = await this.bench.first()
    return this.#note('a genuine delivery', 'POST', delivery, reply, wanted)
  }

  /** Sends it by GET, body and all. */
  async get(sent: string, delivery: PreparedDelivery, wanted: Wanted): Promise<Reply> {
    const { url, ca } = this.bench.target
    const { body } = delivery
    const headers = { ...delivery.headers, 'Content-Length': body.length }
    const from = performance.now()
    const options = { method: 'GET', headers, body, ca, timeLimitMs: TIME_LIMIT_MS } as const
    const reply = await request(url, options).then(
      (came) => ({ ...came, reason: undefined }),
      ({ code, name }) => ({ status: undefined, headers: {}, body: '', reason: String(code ?? name) }),
    )
    return this.#note(sent, 'GET', delivery, { ...reply, durationMs: performance.now() - from }, wanted)
  }

  /** A TLS handshake, and nothing after it. */
  async handshake(sent: string, options: Omit<HandshakeOptions, 'ca'>): Promise<Handshake> {
    const { url, ca } = this.bench.target
    const from = performance.now()
    const found = await handshake(url, { ...options, ca })
    const reply = found.version === undefined ? found.reason : `agreed on ${found.version}`
    this.note({ ...NOTHING, sent, method: 'TLS', reply, durationMs: performance.now() - from })
    return found
  }

  /** Many deliveries, under the load that is normal. */
  async load(sent: (count: number, rate: number) => string): Promise<PlayReport> {
    const { target, drafts, draft } = this.bench
    const load = target.load ?? DEFAULT_LOAD
    const [usual = ''] = drafts.eventTypes
    const report = await play(target.simulator, { eventTypes: [usual], sample: () => draft() }, load)
    const { replies, failures } = report.account
    const counts = Object.entries({ ...replies, ...failures }).map(([name, count]) => `${count} x ${name}`)
    const { p50Ms, p99Ms, maxMs } = report.account.latencies
    const times = `median ${Math.round(p50Ms)} ms, p99 ${Math.round(p99Ms)} ms, longest ${Math.round(maxMs)} ms`
    const said = { sent: sent(load.count, load.rate), reply: `${counts.join(', ')}; ${times}` }
    this.note({ ...NOTHING, ...said, method: 'POST', durationMs: report.elapsedMs })
    return report
  }

  note(exchange: Exchange): void {
    this.#exchanges.push({ ...exchange, reply: this.bench.show(exchange.reply) })
  }

  #note(
    sent: string,
    method: string,
    { headers, body }: PreparedDelivery,
    reply: Reply,
    wanted?: Wanted,
  ): Reply {
    this.bench.hidden.add(headers)
    this.note({
      ...{ sent, method, status: reply.status, durationMs: reply.durationMs },
      ...{ headerNames: Object.keys(headers), bodyBytes: body.length },
      ...{ wanted: wanted?.words, asWanted: wanted?.holds(reply) ?? true },
      reply: reply.reason ?? reply.body,
    })
    return reply
  }
}

/** An exchange in which no body was sent, and which is not judged by itself. */
export const NOTHING = {
  ...{ headerNames: [], bodyBytes: 0 },
  ...{ wanted: undefined, asWanted: true, status: undefined },
} as const
