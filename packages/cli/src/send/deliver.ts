import { printable } from '@kyc-webhooks/core/engine'
import type {
  DeliverOptions,
  DeliveryAttempt,
  DeliveryReport,
  Draft,
  Simulator,
} from '@kyc-webhooks/simulator'
import { showable } from '../checklist/exchange.ts'
import type { Concealer } from '../conceal.ts'
import { type Output, style } from '../output.ts'

/** As much of a reply as a line shows. */
const SHOWN_CHARACTERS = 512

/** Where attempts are told. */
export interface Said {
  out: Output
  provider: string
  /** What must not be seen of a reply. */
  hidden: Concealer
  /** Makes room for a line. */
  clear: () => void
}

/** Delivers a draft, and tells each attempt. */
export async function deliver(
  simulator: Simulator,
  draft: Draft,
  options: Pick<DeliverOptions, 'flaw' | 'mishap'>,
  { out, provider, hidden, clear }: Said,
): Promise<DeliveryReport> {
  let number = 0
  return simulator.deliver(draft, {
    ...options,
    onAttempt: (attempt) => {
      clear()
      const { status, error, reason, durationMs, verdict } = attempt
      const reply = attempt.replyBody === undefined ? undefined : hidden.conceal(attempt.replyBody)
      const id = draft.id === undefined ? undefined : printable(draft.id)
      const sent = { provider, id, attempt: ++number, durationMs: Math.round(durationMs * 100) / 100 }
      out.line(attemptLine(sent, attempt, showable(hidden, SHOWN_CHARACTERS)))
      out.value({ ...sent, status, error, reason, verdict, reply })
    },
  })
}

function attemptLine(
  {
    provider,
    id,
    attempt,
    durationMs,
  }: { provider: string; id: string | undefined; attempt: number; durationMs: number },
  { status, error, reason, verdict, replyBody = '' }: DeliveryAttempt,
  show: (text: string) => string,
): string {
  const colour = verdict === 'accepted' ? 'green' : 'red'
  const reply =
    status === undefined ? `${error}: ${reason}` : `${status} in ${durationMs} ms ${show(replyBody)}`
  const again = attempt === 1 ? '' : ` (attempt ${attempt})`
  const name = id === undefined ? provider : `${provider} ${id}`
  return `${name}${again}: ${style(colour, reply.trimEnd())}`
}
