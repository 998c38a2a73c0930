import { setTimeout as delay } from 'node:timers/promises'
import {
  ADVANCE_AI_EVENT_TYPES,
  advanceAiEvents,
  type DeliveryReport,
  type Draft,
  pressEvents,
  type Simulator,
  uipEvents,
} from '@kyc-webhooks/simulator'
import { eventIds } from './event-ids.ts'
import { providers } from './providers.ts'

/** Senders of each provider, each with one delivery under way at a time. */
const SENDERS = 3
/** Milliseconds from a reply to the sender's next delivery. */
const PAUSE_MS = 15
/** Every 50 ms for minutes: longer than any restart, on however busy a machine. */
const RETRY_SCHEDULE = Array<number>(6_000).fill(50)

/** Deliveries of the three providers, sent until they are accepted. */
export interface Load {
  /** Ids of the events that were acknowledged. */
  readonly acknowledged: ReadonlySet<string>
  /** What became of each delivery that has come to an end. */
  readonly reports: readonly DeliveryReport[]
  /** Begins no more deliveries. Resolves when those under way have come to an end. */
  stop(): Promise<void>
  /** Breaks all off. */
  abort(): void
}

/** @param url of a server that has the three receivers at their default paths. */
export function startLoad(url: string, seed: number): Load {
  const { press, uip, advanceAi } = providers(url, { retrySchedule: RETRY_SCHEDULE })
  const [fromPress, fromUip, fromAdvanceAi] = [
    pressEvents({ seed }),
    uipEvents({ seed }),
    advanceAiEvents({ seed }),
  ]
  const acknowledged = new Set<string>()
  const reports: DeliveryReport[] = []
  const end = new AbortController()
  let stopping = false

  async function send(simulator: Simulator, draft: () => Draft): Promise<void> {
    while (!stopping) {
      const next = draft()
      const report = await simulator.deliver(next, { signal: end.signal })
      reports.push(report)
      if (report.outcome === 'accepted') for (const id of eventIds(next)) acknowledged.add(id)
      await delay(PAUSE_MS)
    }
  }

  let turn = 0
  const senders = Array.from({ length: SENDERS }, () => [
    send(press, () => fromPress.envelope({ IMMIGRATION_ENTRY: 2, VISA_EXTENSION: 1 })),
    send(uip, () => fromUip.of('identify')),
    send(advanceAi, () => fromAdvanceAi.of(ADVANCE_AI_EVENT_TYPES[turn++ % 8] ?? 'COMPLETED')),
  ]).flat()
  const all = Promise.all(senders)
  all.catch(() => {})
  return {
    acknowledged,
    reports,
    async stop() {
      stopping = true
      await all
    },
    abort: () => end.abort(),
  }
}
