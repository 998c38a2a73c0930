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
  const durationMs = () => performance.now() - start
  try {
    const reply = await post(url, delivery, {
      signal: signal === undefined ? limit.signal : AbortSignal.any([limit.signal, signal]),
      minTls: rules.minTls,
      agent,
      ca,
    })
    return { at, durationMs: durationMs(), verdict: rules.verdict(reply.status), ...reply }
  } catch (error) {
    signal?.throwIfAborted()
    const code = limit.signal.aborted ? 'timeout' : codeOf(error)
    return { at, durationMs: durationMs(), verdict: 'failed', error: code }
  } finally {
    clearTimeout(timer)
  }
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown'
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name
}
