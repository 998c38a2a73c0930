import { KycWebhookError } from './errors.ts'
import type { Handler, HandlerContext, KycEvent } from './event.ts'
import type { AttemptScope } from './inbox/inbox.ts'

/** How an attempt's scope reaches `latestOnly` without being part of what a handler sees. */
export const latestScopes: WeakMap<HandlerContext, AttemptScope> = new WeakMap()

export interface LatestOnlyOptions<E extends KycEvent> {
  /** What the events are about; one writer at a time for each. `undefined`: the event is always applied. @default `event.subject` */
  subject?: (event: E) => string | undefined
  /** What to do with an event of the same time as the last one applied. @default 'apply' */
  equalTimes?: 'apply' | 'skip'
}

/**
 * Last writer wins by subject and time: the handler runs unless a later event of its subject was handled before. Providers
 * promise no order (PRESS, "Event Ordering": compare `event_ts`, entity key `uaekyc_id`).
 *
 * The comparison is made when the handler runs, not at receipt, and one subject's events run one at a time. Subjects are
 * kept for each receiver; handlers that share a subject but write different things tell them apart with `subject`.
 * An event without a time or a subject is always applied. Time spent waiting for one's turn is not the handler's; one run
 * of a handler keeps the order of one subject, and fails when it asks for a second.
 */
export function latestOnly<E extends KycEvent>(
  handler: Handler<E>,
  options: LatestOnlyOptions<E> = {},
): Handler<E> {
  const { subject: subjectOf = (event) => event.subject, equalTimes = 'apply' } = options
  return async (event, context) => {
    const subject = subjectOf(event)
    const time = event.time === undefined ? Number.NaN : Date.parse(event.time)
    if (subject === undefined || Number.isNaN(time)) return handler(event, context)
    const scope = latestScopes.get(context)
    if (scope === undefined) {
      throw new KycWebhookError(
        'option-invalid',
        'a handler made by latestOnly() was called without the context it was given',
      )
    }
    return scope.latest(subject, time, equalTimes, () => handler(event, context))
  }
}
