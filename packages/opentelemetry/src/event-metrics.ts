import type { AttemptMessage, StepMessage } from '@kyc-webhooks/core'
import type { Meter } from '@opentelemetry/api'
import { typeLabels } from './event-types.ts'
import { all, listen } from './listen.ts'
import { DURATION, seconds } from './seconds.ts'

/** What becomes of events at the handlers. */
export function eventMetrics(meter: Meter, eventTypes: readonly string[]): () => void {
  const attempts = meter.createHistogram('kyc_webhooks.attempt.duration', {
    ...DURATION,
    description: 'Runs of handlers, by what they came to',
  })
  const settlements = meter.createCounter('kyc_webhooks.settlements', {
    unit: '{attempt}',
    description: 'Attempts, by what was recorded of them',
  })
  const labelOf = typeLabels(eventTypes)
  return all(
    listen<AttemptMessage>('attempt:end', ({ receiver, provider, type, end }) => {
      if (end === undefined) return
      attempts.record(seconds(end.durationMs), {
        receiver,
        provider,
        type: labelOf(type),
        result: end.result,
      })
    }),
    listen<StepMessage>('handle', ({ receiver, provider, outcome }) =>
      settlements.add(1, { receiver, provider, result: outcome }),
    ),
  )
}
