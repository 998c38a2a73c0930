import { type Json, writeJson } from './json.ts'

/** What a provider has to tell, before it is signed and sent. Make one with an event builder, with `jsonDraft`, or by hand. */
export interface Draft {
  /** What the provider calls it; stays the same when it is sent again. `undefined`: it has no name (UIP `test`). */
  readonly id: string | undefined
  /** `Content-Type`, and what else is the same in every attempt. */
  readonly headers: Readonly<Record<string, string>>
  /** The exact bytes. */
  readonly body: Buffer
}

/** A delivery: headers and exact bytes, ready to be sent. Plain data, so that a test can change anything in it. */
export interface PreparedDelivery extends Draft {}

/** A draft whose body is the given value as compact JSON, exact to the digit. */
export function jsonDraft(
  id: string | undefined,
  value: Json,
  headers: Readonly<Record<string, string>> = { 'Content-Type': 'application/json' },
): Draft {
  return { id, headers, body: Buffer.from(writeJson(value)) }
}
