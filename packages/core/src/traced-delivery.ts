import { channel } from 'node:diagnostics_channel'

/**
 * What subscribers of the channels `kyc-webhooks:delivery:start` and `kyc-webhooks:delivery:end` get: one object for one
 * delivery, complete at its end. Of its content there is nothing but what `header` is asked for.
 */
export interface DeliveryMessage {
  readonly receiver: string
  readonly provider: string
  /** The value of a header that came once; not signed. Name in lower case. */
  readonly header: (name: string) => string | undefined
  /** For a subscriber to set at the start: where the delivery is traced, as W3C Trace Context. Kept in its context, `DeliveryContext`. */
  traceparent?: string
  /** From here on: at the end. */
  end?: DeliveryEnd
}

export interface DeliveryEnd {
  /** An outcome of the inbox, or the code of a rejection. */
  outcome: string
  /** Of the reply. */
  status: number
  quarantined: boolean
  /** Milliseconds. */
  durationMs: number
}

const starts = channel('kyc-webhooks:delivery:start')
const ends = channel('kyc-webhooks:delivery:end')

/** Tells of the beginning of a delivery, where somebody listens. */
export function deliveryStarts(
  receiver: string,
  provider: string,
  rawHeaders: readonly string[],
): DeliveryMessage | undefined {
  if (!starts.hasSubscribers && !ends.hasSubscribers) return undefined
  const message: DeliveryMessage = { receiver, provider, header: (name) => onlyValue(rawHeaders, name) }
  starts.publish(message)
  return message
}

export function deliveryEnds(message: DeliveryMessage | undefined, end: DeliveryEnd): void {
  if (message === undefined) return
  message.end = end
  ends.publish(message)
}

function onlyValue(rawHeaders: readonly string[], name: string): string | undefined {
  const values = rawHeaders.filter(
    (_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === name,
  )
  return values.length === 1 ? values[0] : undefined
}
