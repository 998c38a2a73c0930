import { randomInt } from 'node:crypto'
import {
  type DeliveryAttempt,
  type Draft,
  type DraftSource,
  type Fields,
  type PreparedDelivery,
  type SendOptions,
  simulators,
} from '@kyc-webhooks/simulator'
import { type Concealer, concealer } from '../conceal.ts'
import { type Reply, showable } from './exchange.ts'
import { type Probe, probeAt } from './probe.ts'
import type { Target } from './target.ts'

/** What the trials of one run share. */
export interface Bench {
  readonly target: Target
  readonly drafts: DraftSource
  readonly probe: Probe | undefined
  /** A new draft of the provider's first event type. */
  draft(fields?: Fields): Draft
  /** The first delivery of the run and the reply to it: several points look at it. */
  first(): Promise<Delivered>
  /** What must not be seen in a report. */
  readonly hidden: Concealer
  /** Text from outside, made fit for a report. */
  show(text: string): string
}

export interface Delivered {
  readonly delivery: PreparedDelivery
  readonly reply: Reply
}

export function createBench(target: Target): Bench {
  const { provider, secret, simulator, scheme, probe, ca } = target
  // Ids of its own in each run: a receiver that de-duplicates knows those of the last.
  const drafts = simulators[provider].drafts({ seed: randomInt(2 ** 31), scheme })
  const [usual = ''] = drafts.eventTypes
  const draft = (fields: Fields = {}) => drafts.of(usual, fields)
  const urls = [target.url, ...(probe === undefined ? [] : [probe])]
  const hidden = concealer({ secret, urls })
  let first: Promise<Delivered> | undefined

  async function deliverFirst(): Promise<Delivered> {
    const delivery = simulator.prepare(draft())
    return { delivery, reply: await deliver(delivery, simulator) }
  }
  return {
    ...{ target, drafts, draft, hidden },
    probe: probe === undefined ? undefined : probeAt(probe, ca),
    first() {
      first ??= deliverFirst()
      return first
    },
    show: showable(hidden),
  }
}

/** One attempt. */
export async function deliver(
  delivery: PreparedDelivery,
  by: Target['simulator'],
  options: SendOptions = {},
): Promise<Reply> {
  return replyOf(await by.send(delivery, options))
}

export function replyOf(attempt: DeliveryAttempt): Reply {
  const { status, replyHeaders = {}, replyBody = '', reason, durationMs } = attempt
  return { status, headers: replyHeaders, body: replyBody, reason, durationMs }
}
