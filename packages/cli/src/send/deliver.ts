import { printable } from '@kyc-webhooks/core/engine'
import type {
  DeliverOptions,
  DeliveryAttempt,
  DeliveryReport,
  Draft,
  Simulator,
} from '@kyc-webhooks/simulator'
import { type Output, style } from '../output.ts'

/** Where attempts are told. */
export interface Said {
  out: Output
  provider: string
  /** Makes room for a line. */
  clear: () => void
}

/** Delivers a draft, and tells each attempt. */
export async function deliver(
  simulator: Simulator,
  draft: Draft,
  options: Pick<DeliverOptions, 'flaw' | 'mishap'>,
  { out, provider, clear }: Said,
): Promise<DeliveryReport> {
  let number = 0
  return simulator.deliver(draft, {
    ...options,
    onAttempt: (attempt) => {
      clear()
      const { status, error, reason, durationMs, verdict, replyBody } = attempt
      const id = draft.id === undefined ? undefined : printable(draft.id)
      const sent = { provider, id, attempt: ++number, durationMs: Math.round(durationMs * 100) / 100 }
      out.line(attemptLine(sent, attempt))
      out.value({ ...sent, status, error, reason, verdict, reply: replyBody })
    },
  })
}

function attemptLine(
  {
    provider,
    id = '',
    attempt,
    durationMs,
  }: { provider: string; id: string | undefined; attempt: number; durationMs: number },
  { status, error, reason, verdict, replyBody }: DeliveryAttempt,
): string {
  const colour = verdict === 'accepted' ? 'green' : 'red'
  const reply =
    status === undefined
      ? `${error}: ${reason}`
      : `${status} in ${durationMs} ms ${printable(replyBody, 512)}`
  const again = attempt === 1 ? '' : ` (attempt ${attempt})`
  return `${provider} ${id}${again}: ${style(colour, reply.trimEnd())}`
}
