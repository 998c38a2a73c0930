import { performance } from 'node:perf_hooks'
import type { PreparedDelivery } from './draft.ts'
import { type Failure, failureOf } from './failure.ts'
import type { Mishap } from './mishaps.ts'
import { post } from './post.ts'
import type { DeliveryAttempt } from './report.ts'
import type { ProviderRules } from './rules.ts'
import type { Settings } from './simulator-options.ts'

/** What befalls this attempt from outside. */
export interface Circumstances {
  signal?: AbortSignal | undefined
  mishap?: Mishap | undefined
}

/** One attempt: posts, waits no longer than the provider would, and judges the reply as the provider would. Rejects only when aborted. */
export async function attempt(
  rules: ProviderRules,
  { url, timeLimitMs, slowBodyMs, agent, ca, now }: Settings,
  delivery: PreparedDelivery,
  { signal, mishap }: Circumstances,
): Promise<DeliveryAttempt> {
  signal?.throwIfAborted()
  const limit = new AbortController()
  const end = () => limit.abort()
  const timer = setTimeout(end, timeLimitMs)
  // `AbortSignal.any` costs more than all the rest when thousands of attempts share a signal.
  signal?.addEventListener('abort', end)
  const at = now()
  const start = performance.now()
  const outcome = await post(url, delivery, {
    signal: limit.signal,
    minTls: rules.minTls,
    agent,
    ca,
    mishap,
    slowBodyMs,
  })
    .catch((error) => {
      signal?.throwIfAborted()
      return { status: undefined, ...(limit.signal.aborted ? tooLate(timeLimitMs) : failureOf(error)) }
    })
    .finally(() => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', end)
    })
  const sent = {
    at,
    durationMs: performance.now() - start,
    bodyBytes: delivery.body.length,
    ...(mishap && { mishap }),
  }
  if (outcome.status === undefined) return { ...sent, verdict: 'failed', ...outcome }
  return { ...sent, verdict: rules.verdict(outcome.status), ...outcome }
}

function tooLate(timeLimitMs: number): Failure {
  return { error: 'timeout', reason: `no complete reply within ${timeLimitMs} ms` }
}
