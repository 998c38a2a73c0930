import type { RejectionCode } from './errors.ts'
import type { Handler, HandlerMap, KycEvent } from './event.ts'
import type { DeadLetter, Inbox } from './inbox/inbox.ts'
import type { Retention } from './inbox/retention.ts'
import type { RetryPolicy } from './inbox/retry-policy.ts'
import type { Logger } from './logger.ts'

/** A secret, several during a rotation (each signature is tried against all), or a function that fetches them. */
export type SecretSource = Secrets | (() => Secrets | Promise<Secrets>)

/** The newest first. */
export type Secrets = Secret | readonly Secret[]

/** What the provider shows, or that with a name and a life. */
export type Secret = string | DatedSecret

/** A secret with a name and a life. Outside its life it accepts nothing; what is signed with it then is answered 503. */
export interface DatedSecret {
  /** What logs, metrics and evidence call it: letters, digits, `_`, `.`, `:` and `-`, at most 64. @default a fingerprint */
  id?: string | undefined
  /** What the provider shows. `undefined` is an error at start-up. */
  secret: string | undefined
  /** In force from then on: RFC 3339, for example `2026-03-01T00:00:00Z`. @default always */
  notBefore?: string | undefined
  /** In force until then: RFC 3339. The log warns in time. @default for ever */
  notAfter?: string | undefined
}

/** What every receiver can be told, whatever the provider and the framework. */
export interface ReceiverOptions<E extends KycEvent = KycEvent> {
  /** The webhook secret. `undefined` is an error at start-up, never a receiver that verifies nothing. */
  secret: SecretSource | undefined
  /** Handles the events that `on` does not name. */
  onEvent?: Handler<E> | undefined
  /** Handlers by event type. */
  on?: HandlerMap<E> | undefined
  /** Where deliveries are recorded. @default the SQLite file `./kyc-webhooks.db`, shared by all receivers of the process */
  inbox?: Inbox | undefined
  /** Distinguishes receivers of one provider on one inbox (sandbox and production): scopes ids and handlers. @default the provider's name */
  name?: string | undefined
  /** Answer on this path. @default `/webhooks/<name>`, or wherever a mount path or a route puts the middleware */
  path?: string | undefined
  /** Largest body, in bytes. @default 1_048_576 */
  maxBodyBytes?: number | undefined
  /** Time for the body to arrive, in milliseconds. @default 10_000 */
  readTimeoutMs?: number | undefined
  /** Deliveries in memory that are not verified yet: for one more, the one that has been coming in the longest is answered 503. @default 2_000 */
  maxUnverified?: number | undefined
  /** Memory for bodies that are not verified yet, in bytes: beyond it likewise. Not less than `maxBodyBytes`. @default 67_108_864 (64 MiB) */
  maxUnverifiedBytes?: number | undefined
  /** Keep deliveries that no secret matches, so that `receiver.reverify()` can record them after a wrong secret. `true`: within the default bounds. @default false */
  keepUnverified?: KeepUnverified | boolean | undefined
  /** Time from the last byte of the body to the answer, in milliseconds; later answers are 503. @default the provider's limit less a margin */
  budgetMs?: number | undefined
  /** How far a timestamp may be from now, either way, in milliseconds. @default 300_000 */
  toleranceMs?: number | undefined
  /** How long delivery ids are remembered, in milliseconds. @default 7 days for PRESS, 90 days for UIP and ADVANCE.AI; not less than 7 days */
  rememberMs?: number | undefined
  /** How long handled events and their deliveries are kept, in milliseconds; by type as `{ default, types: { 'a.type': 0 } }`. @default 604_800_000 (7 days) */
  keepHandledMs?: Retention | undefined
  /** How long secrets from a function are used before it is asked again, in milliseconds. @default 60_000 */
  secretMaxAgeMs?: number | undefined
  /** Accept only these addresses: IPs and CIDR blocks. @default every address */
  allowedAddresses?: readonly string[] | undefined
  /** Proxies, as IPs and CIDR blocks, whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed. @default none */
  trustedProxies?: readonly string[] | undefined
  /** Refuse connections without TLS, or below a version. Behind a trusted proxy `X-Forwarded-Proto` tells. @default false */
  requireTls?: boolean | 'TLSv1.2' | 'TLSv1.3' | undefined
  /** Header in which a trusted proxy puts the TLS version, for example `x-tls-version`. Needed for `requireTls` with a version behind a proxy. */
  tlsVersionHeader?: string | undefined
  /** Record deliveries and reply, but handle no events: a process with `startWorker` does that. Takes no handlers. @default false */
  receiveOnly?: boolean | undefined
  /** Run each handler in the transaction that settles its event; `context.client` is its client. For inboxes on a database server alone. @default false */
  transactional?: boolean | undefined
  /** Events handled at once. @default 16 */
  concurrency?: number | undefined
  /** A handler that takes longer has failed, in milliseconds. @default 30_000 */
  handlerTimeoutMs?: number | undefined
  /** When a failed handler runs again. @default 15 attempts over about six hours */
  retry?: Partial<RetryPolicy> | undefined
  /** On `close()`: how long handlers in hand may take to finish, in milliseconds. @default 10_000 */
  closeGraceMs?: number | undefined
  /** Gets one line for each outcome. `false`: none. @default JSON lines on standard output and standard error */
  logger?: Logger | false | undefined
  /** Called for each delivery that was not accepted, with no content of it. */
  onRejected?: ((rejected: RejectedDelivery) => void) | undefined
  /** Called when an event's attempts ran out. */
  onDeadLetter?: ((letter: DeadLetter) => void) | undefined
  /** For tests: current time in milliseconds since the epoch. @default Date.now */
  now?: (() => number) | undefined
  /** For tests: a number from 0 to below 1. @default Math.random */
  random?: (() => number) | undefined
}

/** How much a receiver keeps of what no secret matches. Anybody can send it: beyond the bounds the oldest are deleted. */
export interface KeepUnverified {
  /** Deliveries. @default 1_000 */
  max?: number
  /** Of bodies and headers, in bytes. @default 16_777_216 (16 MiB) */
  maxBytes?: number
  /** In milliseconds. @default 259_200_000 (3 days) */
  maxAgeMs?: number
}

/** What `startWorker` can be told: the part of a receiver's options that is about handling. */
export type WorkerOptions<E extends KycEvent = KycEvent> = Pick<
  ReceiverOptions<E>,
  | 'onEvent'
  | 'on'
  | 'name'
  | 'transactional'
  | 'concurrency'
  | 'handlerTimeoutMs'
  | 'retry'
  | 'rememberMs'
  | 'keepHandledMs'
  | 'closeGraceMs'
  | 'logger'
  | 'onDeadLetter'
  | 'now'
  | 'random'
>

/** A delivery that did not get a 2xx, or got one as a conflict. */
export interface RejectedDelivery {
  receiver: string
  provider: string
  code: RejectionCode
  /** Status of the reply. */
  status: number
  /** The delivery id, when the delivery was authentic and had one. */
  deliveryId: string | undefined
  /** True when the delivery is kept in quarantine. */
  quarantined: boolean
  remoteAddress: string | undefined
}
