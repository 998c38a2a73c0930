import { performance } from 'node:perf_hooks'
import type { PreparedDelivery } from './draft.ts'
import { post } from './post.ts'
import type { DeliveryAttempt } from './report.ts'
import type { ProviderRules } from './rules.ts'
import type { Settings } from './simulator-options.ts'

/** One attempt: posts, waits no longer than the provider would, and judges the reply as the provider would. Rejects only when aborted. */
export async function attempt(
  rules: ProviderRules,
  { url, timeLimitMs, agent, ca, now }: Settings,
  delivery: PreparedDelivery,
  signal: AbortSignal | undefined,
): Promise<DeliveryAttempt> {
  signal?.throwIfAborted()
  const limit = new AbortController()
  const timer = setTimeout(() => limit.abort(), timeLimitMs)
  const at = now()
  const start = performance.now()
  const outcome = await post(url, delivery, {
    signal: signal === undefined ? limit.signal : AbortSignal.any([limit.signal, signal]),
    minTls: rules.minTls,
    agent,
    ca,
  })
    .catch((error) => {
      signal?.throwIfAborted()
      return { status: undefined, error: limit.signal.aborted ? 'timeout' : codeOf(error) }
    })
    .finally(() => clearTimeout(timer))
  const sent = { at, durationMs: performance.now() - start }
  if (outcome.status === undefined) return { ...sent, verdict: 'failed', error: outcome.error }
  return { ...sent, verdict: rules.verdict(outcome.status), ...outcome }
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown'
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name
}
