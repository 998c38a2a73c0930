import type { Rejection } from './errors.ts'

/** What an adapter hands to the receiver: one HTTP request, nothing decoded, joined or parsed. */
export interface HttpRequest {
  /** As received, for example `POST`. */
  method: string
  /** Names and values alternating, as received (Node's `rawHeaders`): nothing joined, nothing dropped. */
  rawHeaders: readonly string[]
  /** Gives the exact bytes of the body. Called at most once, and only when the head was admitted. */
  readBody: (limits: ReadLimits) => Promise<Uint8Array>
  /** IP address of the socket's peer; `undefined` when it cannot be known. */
  remoteAddress: string | undefined
  /** TLS version of the socket as Node names it (`TLSv1.3`); `undefined` for plain HTTP. */
  tls: string | undefined
}

/** Bounds on reading a body. Over them `readBody` throws a `Rejection`. */
export interface ReadLimits {
  /** Bytes. */
  maxBytes: number
  /** Milliseconds from the call to the last byte. */
  timeoutMs: number
  /** To be told of memory as it is taken, where the body is read piece by piece. */
  place?: ReadingPlace
}

/** What a body that is coming in takes of the memory for all of them. */
export interface ReadingPlace {
  /** So many bytes more. */
  take(bytes: number): void
  /** Set it to learn that the reading is called off: for the sake of others, `readBody` is to throw this at once. */
  onGivenUp: ((rejection: Rejection) => void) | undefined
}

/** What an adapter sends back, as it stands. */
export interface Reply {
  status: number
  /** Lower-case names. Always has `content-type` and `content-length`. */
  headers: Readonly<Record<string, string>>
  body: string
}
