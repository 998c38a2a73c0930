import { setTimeout as delay } from 'node:timers/promises'
import type { DeliveryAttempt, DeliveryReport } from '@kyc-webhooks/simulator'
import { drafts, type Told } from './drafts.ts'
import { hastyProviders } from './hasty-providers.ts'
import { type Random, seededRandom } from './random.ts'

/** When so many are under way, the next has to wait. */
const MOST_IN_FLIGHT = 100
/** Of the deliveries, so many are sent twice at once. */
const SENT_TWICE = 0.05

export interface LoadOptions {
  seed: number
  /** Deliveries a second. */
  rate: number
  /** How long a reply may take, in milliseconds. @default as long as its provider waits */
  timeLimitMs?: number
  /** Breaks all off. */
  signal: AbortSignal
}

/** What is looked at of an attempt. */
export type SentAttempt = Pick<DeliveryAttempt, 'status' | 'replyBody' | 'error' | 'verdict' | 'durationMs'>

/** What became of a delivery. */
export interface Sent {
  provider: string
  /** Ids of its events. */
  ids: readonly string[]
  outcome: DeliveryReport['outcome']
  attempts: readonly SentAttempt[]
  wasSentTwice: boolean
}

/** A steady stream of deliveries of the three providers. */
export interface Load {
  /** Deliveries that were begun. */
  readonly begun: number
  /** Those that have come to an end. */
  readonly sent: readonly Sent[]
  /** Events of those that were accepted. */
  readonly acknowledged: number
  /** Begins no more. Resolves when those under way have come to an end, with all their retries. */
  stop(): Promise<void>
}

export function startLoad(url: string, { seed, rate, signal, ...limits }: LoadOptions): Load {
  const random = seededRandom(seed, 'deliveries')
  const next = drafts(hastyProviders(url, limits), seed, random)
  const sent: Sent[] = []
  const underWay = new Set<Promise<void>>()
  const [counts, stopping] = [{ begun: 0, acknowledged: 0 }, new AbortController()]

  async function deliver(): Promise<void> {
    const one = await play(next(), random, signal)
    sent.push(one)
    if (one.outcome === 'accepted') counts.acknowledged += one.ids.length
  }
  async function flow(): Promise<void> {
    const startedAt = performance.now()
    while (!stopping.signal.aborted) {
      signal.throwIfAborted()
      counts.begun += 1
      const delivery = deliver().then(() => void underWay.delete(delivery))
      underWay.add(delivery)
      // Heard below: it stays among those under way.
      delivery.catch(() => {})
      if (underWay.size >= MOST_IN_FLIGHT) await Promise.race(underWay)
      await delay(Math.max(0, startedAt + (counts.begun * 1_000) / rate - performance.now()))
    }
    await Promise.all(underWay)
  }

  const done = flow()
  // Heard when it is stopped.
  done.catch(() => {})
  return {
    get begun() {
      return counts.begun
    },
    get acknowledged() {
      return counts.acknowledged
    },
    sent,
    stop() {
      stopping.abort()
      return done
    },
  }
}

/** Sends it until it is accepted or given up. */
async function play({ simulator, draft, ids }: Told, random: Random, signal: AbortSignal): Promise<Sent> {
  const { provider } = simulator
  const wasSentTwice = random() < SENT_TWICE
  if (!wasSentTwice) {
    const { outcome, attempts } = await simulator.deliver(draft, { signal })
    return { provider, ids, outcome, attempts, wasSentTwice }
  }
  const prepared = simulator.prepare(draft)
  const both = await Promise.all([1, 2].map(() => simulator.send(prepared, { signal })))
  const ends = { provider, ids, wasSentTwice }
  for (const outcome of ['accepted', 'refused'] as const) {
    if (both.some(({ verdict }) => verdict === outcome)) return { ...ends, outcome, attempts: both }
  }
  const { outcome, attempts } = await simulator.deliver(draft, { signal })
  return { ...ends, outcome, attempts: [...both, ...attempts] }
}
