import type { Inbox } from '@kyc-webhooks/core'
import type { BatchObservableResult, Meter } from '@opentelemetry/api'
import { seconds } from './seconds.ts'

/** How inboxes keep up, asked for when metrics are collected. */
export function inboxMetrics(meter: Meter, inboxes: readonly Inbox[]): () => void {
  const up = meter.createObservableGauge('kyc_webhooks.inbox.up', {
    unit: '1',
    description: '1 when the store answers, 0 when it does not',
  })
  const depth = meter.createObservableGauge('kyc_webhooks.inbox.depth', {
    unit: '{event}',
    description: 'Events that are recorded and not handled',
  })
  const lag = meter.createObservableGauge('kyc_webhooks.inbox.lag', {
    unit: 's',
    description: 'Age of the oldest of them',
  })
  const dead = meter.createObservableGauge('kyc_webhooks.inbox.dead_letters', {
    unit: '{event}',
    description: 'Events whose attempts ran out',
  })
  const observed = [up, depth, lag, dead]

  const look = async (result: BatchObservableResult) => {
    await Promise.all(
      inboxes.map(async (inbox) => {
        const labels = { inbox: inbox.name }
        const health = await inbox.health()
        result.observe(up, health.reachable ? 1 : 0, labels)
        // Zeros of a store that does not answer would say that all is well.
        if (!health.reachable) return
        result.observe(depth, health.depth, labels)
        result.observe(lag, seconds(health.lagMs), labels)
        result.observe(dead, health.deadLetters, labels)
      }),
    )
  }
  meter.addBatchObservableCallback(look, observed)
  return () => meter.removeBatchObservableCallback(look, observed)
}
