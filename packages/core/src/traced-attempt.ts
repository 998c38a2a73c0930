import { channel } from 'node:diagnostics_channel'
import { errorName } from './error-text.ts'

/**
 * What subscribers of the channels `kyc-webhooks:attempt:start` and `kyc-webhooks:attempt:end` get: one object for one run of a
 * handler, complete at its end.
 */
export interface AttemptMessage {
  readonly receiver: string
  readonly provider: string
  readonly type: string
  /** Counted from 1. */
  readonly attempt: number
  /** Where the delivery was traced: what a subscriber has set then, `DeliveryMessage.traceparent`. */
  readonly receivedIn: string | undefined
  /** The event's own extension attribute `traceparent`, as the provider sent it. */
  readonly announcedIn: string | undefined
  /** For a subscriber to set at the start: calls the handler, once, in whatever context. */
  around?: (call: () => Promise<void>) => Promise<void>
  /** From here on: at the end. */
  end?: AttemptEnd
}

export interface AttemptEnd {
  /** `cut-off`: it took too long, or the receiver is closing. */
  result: 'done' | 'failed' | 'cut-off'
  /** Name or code of what a failed one threw; never its message. */
  error?: string
  /** Milliseconds. */
  durationMs: number
}

const starts = channel('kyc-webhooks:attempt:start')
const ends = channel('kyc-webhooks:attempt:end')

/** Calls a handler, and tells of its beginning and its end where somebody listens. */
export function tracedAttempt(
  message: () => AttemptMessage,
  signal: AbortSignal,
  call: () => Promise<void>,
): Promise<void> {
  if (!starts.hasSubscribers && !ends.hasSubscribers) return call()
  return traced(message(), signal, call)
}

async function traced(
  message: AttemptMessage,
  signal: AbortSignal,
  call: () => Promise<void>,
): Promise<void> {
  const startedAt = performance.now()
  const end = (result: AttemptEnd['result'], error?: string): void => {
    if (message.end !== undefined) return
    message.end = {
      result,
      ...(error === undefined ? {} : { error }),
      durationMs: performance.now() - startedAt,
    }
    ends.publish(message)
  }
  // A handler that is cut off may never end.
  const cutOff = () => end('cut-off')
  signal.addEventListener('abort', cutOff, { once: true })
  starts.publish(message)
  try {
    await (message.around === undefined ? call() : message.around(call))
    end('done')
  } catch (error) {
    end('failed', errorName(error))
    throw error
  } finally {
    signal.removeEventListener('abort', cutOff)
  }
}
