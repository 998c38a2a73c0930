import { onTestFinished } from 'vitest'
import type { KycEvent } from '../../src/event.ts'
import { createInbox } from '../../src/inbox/create-inbox.ts'
import type { Inbox } from '../../src/inbox/inbox.ts'
import { memoryEngine } from '../../src/inbox/memory-engine.ts'
import type { InboxEngine } from '../../src/inbox/port.ts'
import type { Provider } from '../../src/provider.ts'
import { reconcile } from '../../src/reconcile/reconcile.ts'
import type {
  PolledResult,
  PolledResults,
  PollScope,
  ReconcileOptions,
} from '../../src/reconcile/reconcile-options.ts'
import { pass, virtualTime } from '../inbox/virtual-time.ts'
import { type CapturedLog, capturedLog } from '../support/captured-log.ts'

export { pass } from '../inbox/virtual-time.ts'

export const MINUTE = 60_000
export const HOUR = 3_600_000

/** A UIP identification, as its session tells of it. */
export const identified = (audit_id: string): PolledResult => ({
  body: { data: { session_id: `sess_${audit_id}`, uip_id: 'user_1', audit_id }, event: 'identify' },
})

export interface Polling {
  inbox: Inbox
  log: CapturedLog
  /** When `fetch` was called, since this reconciler began. */
  polls: number[]
  /** Delivery ids of all that was recorded, sorted: those of one commit are recorded in the order of their keys. */
  recorded(): Promise<(string | undefined)[]>
  close(): Promise<void>
}

interface PollingOptions<E extends KycEvent> extends Partial<Omit<ReconcileOptions<E>, 'fetch'>> {
  /** Several with one engine are processes that share an inbox. */
  engine?: InboxEngine
  inbox?: Inbox
  fetch?: (scope: PollScope, poll: number) => PolledResults | Promise<PolledResults>
}

/** A reconciler in virtual time, with nobody to handle what it records. It looks on the dot unless `random` says otherwise. */
export function polling<E extends KycEvent>(provider: Provider<E>, given: PollingOptions<E> = {}): Polling {
  virtualTime()
  const { engine = memoryEngine(), fetch = () => [], ...options } = given
  const { inbox = createInbox(engine) } = given
  const log = capturedLog()
  const polls: number[] = []
  const startedAt = Date.now()
  const reconciler = reconcile<E>(inbox, provider, {
    everyMs: 10 * MINUTE,
    random: () => 0,
    logger: log,
    ...options,
    fetch(scope) {
      polls.push(Date.now() - startedAt)
      return fetch(scope, polls.length)
    },
  })
  const close = async () => {
    const closed = reconciler.close()
    await pass()
    await closed
  }
  onTestFinished(close)
  const recorded = async () => (await inbox.events({ limit: 20_000 })).map(({ context }) => context.id).sort()
  return { inbox, log, polls, recorded, close }
}
