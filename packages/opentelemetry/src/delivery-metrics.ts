import {
  type DeliveryMessage,
  ERRORS,
  type KeyMessage,
  type ReceiverMessage,
  type SkewMessage,
  STEPS,
  type StepMessage,
} from '@kyc-webhooks/core'
import type { Meter, ObservableResult } from '@opentelemetry/api'
import { all, listen } from './listen.ts'
import { DURATION, seconds } from './seconds.ts'

/** A counter that comes into being with its first increment hides it: `increase` of it is 0. So these begin at 0. */
const FROM_THE_START = [
  { outcome: 'accepted', reason: 'recorded' },
  ...Object.entries(ERRORS)
    .filter(([, { kind }]) => kind === 'fault')
    .map(([reason]) => ({ outcome: 'fault', reason })),
  ...[
    'conflict',
    'timestamp-stale',
    'timestamp-ahead',
    'nonce-reused',
    'body-not-json',
    'body-too-deep',
    'body-unusable',
  ].map((reason) => ({ outcome: 'quarantined', reason })),
]

/** What becomes of deliveries, how long that takes, which secrets they are signed with, and how far the clocks are apart. */
export function deliveryMetrics(meter: Meter): () => void {
  const deliveries = meter.createCounter('kyc_webhooks.deliveries', {
    unit: '{delivery}',
    description: 'Deliveries, by what became of them',
  })
  const durations = meter.createHistogram('kyc_webhooks.delivery.duration', {
    ...DURATION,
    description: 'From the head of a delivery to its reply',
  })
  const steps = meter.createHistogram('kyc_webhooks.step.duration', {
    ...DURATION,
    description: 'Steps of the way of a delivery',
  })
  const keys = meter.createCounter('kyc_webhooks.key.uses', {
    unit: '{delivery}',
    description: 'Deliveries, by the secret that they are signed with',
  })
  const skew = meter.createObservableGauge('kyc_webhooks.clock.skew', {
    unit: 's',
    description: 'How far the clock here is ahead of the provider’s',
  })

  const skews = new Map<string, SkewMessage>()
  const tellSkews = (result: ObservableResult) => {
    for (const { receiver, provider, skewMs } of skews.values())
      result.observe(seconds(skewMs), { receiver, provider })
  }
  skew.addCallback(tellSkews)

  return all(
    listen<ReceiverMessage>('receiver', (who) => {
      for (const labels of FROM_THE_START) deliveries.add(0, { ...who, ...labels })
    }),
    listen<DeliveryMessage>('delivery:end', ({ receiver, provider, end }) => {
      if (end === undefined) return
      const labels = { receiver, provider, outcome: outcomeOf(end) }
      deliveries.add(1, { ...labels, reason: end.outcome })
      durations.record(seconds(end.durationMs), labels)
    }),
    ...STEPS.filter((step) => step !== 'handle').map((step) =>
      listen<StepMessage>(step, ({ receiver, provider, durationMs }) =>
        steps.record(seconds(durationMs), { receiver, provider, step }),
      ),
    ),
    listen<KeyMessage>('key', (labels) => keys.add(1, { ...labels })),
    listen<SkewMessage>('skew', (message) => void skews.set(message.receiver, message)),
    () => skew.removeCallback(tellSkews),
  )
}

/** `reason` says which outcome of the inbox, or which code, it was. */
export function outcomeOf({ status, quarantined }: { status: number; quarantined: boolean }): string {
  if (status >= 500) return 'fault'
  if (quarantined) return 'quarantined'
  return status < 300 ? 'accepted' : 'refused'
}
