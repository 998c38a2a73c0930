import type { Handler, KycEvent } from '../../src/event.ts'
import type { Claim, Receipt } from '../../src/inbox/port.ts'
import { type LatestOnlyOptions, latestOnly } from '../../src/latest-only.ts'
import { handle } from '../../src/steps/handle.ts'
import { type Bench, type BenchOptions, bench, pass, receiptOf } from './support.ts'

export interface Fact {
  id: string
  subject?: string
  /** Seconds. */
  time?: number
}

function factReceipt({ id, subject, time }: Fact): Receipt {
  const event = {
    ...{ id, type: 'a.type' },
    ...(subject === undefined ? {} : { subject }),
    ...(time === undefined ? {} : { time: new Date(time * 1_000).toISOString() }),
  }
  return receiptOf(id, { events: [{ type: event.type, json: JSON.stringify(event), unsigned: [] }] })
}

export interface LatestWorkerOptions extends Omit<BenchOptions, 'run'> {
  write?: Handler
  options?: LatestOnlyOptions<KycEvent>
  /** Makes the handler of what `latestOnly` made. */
  around?: (latest: Handler) => Handler
}

export interface LatestWorker extends Bench {
  /** Ids of the events whose write was begun, in order. */
  written: string[]
  deliver: (...facts: Fact[]) => Promise<void>
}

/** A worker whose handler is made by `latestOnly`. */
export function latestWorker({
  write,
  options,
  around = (latest) => latest,
  ...work
}: LatestWorkerOptions = {}): LatestWorker {
  const written: string[] = []
  const latest = latestOnly(async (event, context) => {
    written.push(event.id)
    await write?.(event, context)
  }, options)
  const handlers = { receiver: 'press', byType: new Map(), other: around(latest) }
  const run = (claim: Claim, scope: Parameters<typeof handle>[2]) => handle(handlers, claim, scope, () => {})
  const made = bench({ ...work, run })
  const deliver = async (...facts: Fact[]) => {
    for (const fact of facts) {
      void made.inbox.record(factReceipt(fact))
      await pass()
    }
  }
  return { ...made, written, deliver }
}
