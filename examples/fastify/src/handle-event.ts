import {
  type AdvanceAiEvent,
  type Handler,
  type KycEvent,
  latestOnly,
  type PressEvent,
  type UipEvent,
} from '@kyc-webhooks/core'

/** The last event of each subject: stands in for your database. */
export const lastEvents: Map<string, KycEvent> = new Map()

/**
 * Last writer wins. PRESS promises no order and says to compare `event_ts`: `latestOnly` does, by the event's subject and
 * time, so that an older event that comes late changes nothing. An event without a time is always applied.
 */
export const handleEvent: Handler<PressEvent | UipEvent | AdvanceAiEvent> = latestOnly(
  async (event: KycEvent) => {
    if (event.subject !== undefined) lastEvents.set(event.subject, event)
  },
)
