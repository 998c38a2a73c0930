import type { KycEvent } from '../event.ts'

/** An event that your application waits for. */
export interface Expected<E extends KycEvent = KycEvent> {
  /** Your name for it: another one for each event that is awaited, `identify:sess_1`. It is in the log and not personal data: the id of a session, not an address. */
  id: string
  /** Since when, as a date or in milliseconds since the epoch. Another time makes it another expectation. */
  since: Date | number
  /** Is this the one? Asked of events that came and are not handled yet, so that these are not called missing. */
  is: (event: E) => boolean
}

/** An expected event that has not come. */
export interface Missing {
  receiver: string
  provider: string
  /** `Expected.id`. */
  id: string
  /** Since when it was expected, RFC 3339. */
  since: string
}
