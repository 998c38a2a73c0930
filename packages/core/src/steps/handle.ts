import type { Handler, HandlerContext, KycEvent } from '../event.ts'
import type { AttemptScope } from '../inbox/inbox.ts'
import type { Claim } from '../inbox/port.ts'
import { latestScopes } from '../latest-only.ts'
import { type AttemptMessage, tracedAttempt } from '../traced-attempt.ts'

/** The handlers of a receiver. Looked up in a `Map`: an event named `__proto__` or `constructor` finds nothing. */
export interface Handlers {
  receiver: string
  byType: ReadonlyMap<string, Handler>
  other: Handler | undefined
}

/** Runs the handler of one event. An event that no handler is for is settled without one; `onUnhandled` hears of it. */
export async function handle(
  handlers: Handlers,
  claim: Claim,
  attempt: AttemptScope,
  onUnhandled: (type: string) => void,
): Promise<void> {
  const event = JSON.parse(claim.json) as KycEvent
  const handler = handlers.byType.get(event.type) ?? handlers.other
  if (handler === undefined) return onUnhandled(event.type)
  const context: HandlerContext = {
    signal: attempt.signal,
    attempt: claim.attempt,
    // Copies: what a handler does to them is nobody else's trouble.
    delivery: { ...claim.context },
    unsigned: [...claim.unsigned],
    ...(attempt.client === undefined ? {} : { client: attempt.client }),
  }
  latestScopes.set(context, attempt)
  const traced = (): AttemptMessage => ({
    receiver: handlers.receiver,
    provider: event.provider,
    type: event.type,
    attempt: claim.attempt,
    receivedIn: claim.context.traceparent,
    announcedIn: textOf((event as { traceparent?: unknown }).traceparent),
  })
  await tracedAttempt(traced, attempt.signal, async () => void (await handler(event, context)))
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)
