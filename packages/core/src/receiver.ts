import { Trace } from './diagnostics.ts'
import { KycWebhookError, Rejection } from './errors.ts'
import type { KycEvent } from './event.ts'
import { Head } from './head.ts'
import type { Inbox } from './inbox/inbox.ts'
import type { Outcome, Receipt } from './inbox/port.ts'
import { createKeyRing, type KeyRing } from './key-ring.ts'
import { type Normalised, type Provider, Unusable } from './provider.ts'
import type { ReceiverOptions } from './receiver-options.ts'
import { Reporter } from './reporter.ts'
import type { HttpRequest, Reply } from './request.ts'
import { resolveSettings, type Settings } from './settings.ts'
import { admit } from './steps/admit.ts'
import { isAuthentic } from './steps/authenticate.ts'
import { type Credentials, readCredentials } from './steps/credentials.ts'
import { checkFreshness, type Freshness } from './steps/freshness.ts'
import { identify, identifyQuarantined } from './steps/identify.ts'
import { authenticDelivery, keptHeaders, parse } from './steps/parse.ts'
import { record } from './steps/record.ts'
import { acceptedReply, rejectionReply } from './steps/reply.ts'
import { startWork } from './work.ts'

/** Turns deliveries of one provider into replies, and their events into handler calls. */
export interface Receiver {
  /** Scopes delivery ids and handlers in the inbox. */
  readonly name: string
  /** Where it answers unless something else mounts it. */
  readonly path: string
  /** True when the path was given as an option, so that nothing else decides. */
  readonly pathGiven: boolean
  /** Resolves when the inbox is open and the secrets are there; until then deliveries are answered 503. Rejects with a `KycWebhookError`. */
  readonly ready: Promise<void>
  /** Never rejects: whatever happens, also on our side, is a reply. */
  receive(request: HttpRequest): Promise<Reply>
  /** Tries a quarantined delivery again: after a fix of the provider definition, or a look at why it was stale. */
  redrive(seq: number): Promise<Outcome>
  /** Refuses new deliveries, finishes those in hand, then stops the worker. Leaves the inbox open. Idempotent. */
  close(): Promise<void>
}

/** Throws a `KycWebhookError` when a secret, an option or a handler is missing or wrong. */
export function createReceiver<E extends KycEvent>(
  provider: Provider<E>,
  options: ReceiverOptions<E> & { inbox: Inbox },
): Receiver {
  return new WebhookReceiver(provider, options as unknown as ReceiverOptions & { inbox: Inbox })
}

class WebhookReceiver implements Receiver {
  readonly name: string
  readonly path: string
  readonly pathGiven: boolean
  readonly ready: Promise<void>
  readonly #provider: Provider
  readonly #inbox: Inbox
  readonly #settings: Settings
  readonly #keyRing: KeyRing
  readonly #accepted: Reply
  readonly #reporter: Reporter
  readonly #work: ReturnType<typeof startWork>
  readonly #inHand = new Set<Promise<Reply>>()
  #closed: Promise<void> | undefined

  constructor(provider: Provider, options: ReceiverOptions & { inbox: Inbox }) {
    const settings = resolveSettings(provider, options)
    const { secret, inbox } = options
    this.name = settings.name
    this.path = settings.path
    this.pathGiven = options.path !== undefined
    this.#provider = provider
    this.#inbox = inbox
    this.#settings = settings
    this.#keyRing = createKeyRing(secret, provider.signature.key, {
      maxAgeMs: settings.secretMaxAgeMs,
      now: settings.now,
      logger: settings.logger,
    })
    this.#accepted = acceptedReply(provider.accepted)
    this.#reporter = new Reporter(settings, provider, options.onRejected)
    this.#work = startWork(provider, options, settings)
    this.ready = Promise.all([inbox.open(), this.#keyRing.load()]).then(() => {})
    this.ready.catch((error: unknown) => this.#reporter.notReady(error))
    if (!inbox.durable) this.#reporter.notDurable(inbox.name)
  }

  receive(request: HttpRequest): Promise<Reply> {
    const reply = this.#receive(request)
    this.#inHand.add(reply)
    return reply.finally(() => this.#inHand.delete(reply))
  }

  /** The way of a delivery. */
  async #receive(request: HttpRequest): Promise<Reply> {
    const trace = new Trace(this.name, this.#provider.name)
    const delivery: DeliveryOnItsWay = { bodyRead: false, remoteAddress: request.remoteAddress }
    try {
      if (this.#closed !== undefined) throw new Rejection('receiver-closed')
      const head = new Head(request.rawHeaders)
      delivery.hasBody =
        head.all('content-length').some((length) => length !== '0') ||
        head.all('transfer-encoding').length > 0
      const socket = { address: request.remoteAddress, tls: request.tls }
      delivery.remoteAddress = admit(request.method, head, socket, this.#settings.admission).address
      const credentials = readCredentials(this.#provider, head)

      trace.next('read')
      const { maxBodyBytes: maxBytes, readTimeoutMs: timeoutMs } = this.#settings
      const body = await request.readBody({ maxBytes, timeoutMs })
      delivery.bodyRead = true

      trace.next('authenticate')
      await this.#authenticate(head, body, credentials)

      trace.next('freshness')
      const { now, toleranceMs } = this.#settings
      const receivedAt = now()
      const freshness = checkFreshness(credentials.timestamp, receivedAt, toleranceMs)

      trace.next('parse', freshness)
      const headers = keptHeaders(this.#provider, head)
      const parts = parse(this.#provider, authenticDelivery(this.#provider, body, headers))

      trace.next('identify', parts instanceof Unusable ? parts.code : 'ok')
      const receipts = this.#receipts({ body, headers, receivedAt, credentials }, freshness, parts)
      delivery.id = receipts[0]?.context.id
      this.#reporter.compareHints(headers, receipts)

      trace.next('record')
      const outcomes = await record(this.#inbox, receipts, this.#settings.budgetMs)

      trace.next('reply', outcomes[0])
      return this.#replyTo(receipts, outcomes, delivery, trace)
    } catch (error) {
      return this.#reject(error, delivery, trace)
    }
  }

  /** Throws a `Rejection` unless a signature is right under a key in force, or under one that the source of secrets has by now. */
  async #authenticate(head: Head, body: Uint8Array, { signatures }: Credentials): Promise<void> {
    const scheme = this.#provider.signature
    const keys = await this.#keysInForce(() => this.#keyRing.keys())
    if (isAuthentic(scheme, head, body, signatures, keys)) return
    const newer = await this.#keysInForce(() => this.#keyRing.newer())
    if (newer !== undefined && isAuthentic(scheme, head, body, signatures, newer)) return
    throw new Rejection('signature-mismatch')
  }

  /** Keys that cannot be had are a fault of ours: 503, so that the provider sends again. */
  async #keysInForce<T>(ask: () => T | Promise<T>): Promise<T> {
    try {
      return await ask()
    } catch (error) {
      throw new Rejection('secret-unavailable', error instanceof KycWebhookError ? error.message : undefined)
    }
  }

  #receipts(
    received: ReceivedParts,
    freshness: Freshness,
    parts: readonly Normalised[] | Unusable,
  ): Receipt[] {
    const { name: receiver, toleranceMs, rememberMs } = this.#settings
    const all = { ...received, receiver, provider: this.#provider, toleranceMs, rememberMs }
    if (parts instanceof Unusable) return [identifyQuarantined(all, parts.code)]
    // Stale but authentic: a provider that does not sign its repetitions anew would lose every event from then on.
    if (freshness !== 'fresh') return parts.map((part) => identifyQuarantined(all, freshness, part))
    return parts.map((part) => identify(all, part))
  }

  #replyTo(
    receipts: readonly Receipt[],
    outcomes: readonly Outcome[],
    delivery: DeliveryOnItsWay,
    trace: Trace,
  ): Reply {
    const reason = receipts.find((receipt) => receipt.quarantine !== undefined)?.quarantine
    if (reason !== undefined)
      return this.#refuse(new Rejection(reason), delivery, trace, outcomes.includes('quarantined'))
    if (outcomes.includes('nonce-reused'))
      return this.#refuse(new Rejection('nonce-reused'), delivery, trace, true)
    const events = receipts.reduce((sum, receipt) => sum + receipt.events.length, 0)
    this.#reporter.accepted(delivery, outcomes, events, trace)
    return this.#accepted
  }

  #reject(error: unknown, delivery: DeliveryOnItsWay, trace: Trace): Reply {
    if (error instanceof Rejection) return this.#refuse(error, delivery, trace, false)
    this.#reporter.failed(error)
    return this.#refuse(new Rejection('receiver-failed'), delivery, trace, false)
  }

  #refuse(rejection: Rejection, delivery: DeliveryOnItsWay, trace: Trace, quarantined: boolean): Reply {
    const bodyUnread = !delivery.bodyRead && delivery.hasBody !== false
    const reply = rejectionReply(rejection.code, { bodyUnread, random: this.#settings.random })
    this.#reporter.rejected(rejection, reply.status, delivery, quarantined, trace)
    return reply
  }

  async redrive(seq: number): Promise<Outcome> {
    const [row] = await this.#inbox.quarantined({ receiver: this.name, after: seq - 1, limit: 1 })
    if (row === undefined || row.seq !== seq)
      throw new KycWebhookError('option-invalid', `no delivery ${seq} in quarantine of ${this.name}`)
    const parts = parse(this.#provider, authenticDelivery(this.#provider, row.body, row.headers))
    const received = { body: row.body, headers: row.headers, receivedAt: row.firstAt, credentials: undefined }
    const receipts = this.#receipts(received, 'fresh', parts)
    const outcomes = await Promise.all(
      receipts.map((receipt) => this.#inbox.record({ ...receipt, redriven: seq })),
    )
    return outcomes.find((outcome) => outcome !== 'duplicate') ?? 'duplicate'
  }

  close(): Promise<void> {
    this.#closed ??= Promise.allSettled([...this.#inHand]).then(() =>
      this.#work.stop(this.#settings.closeGraceMs),
    )
    return this.#closed
  }
}

interface ReceivedParts {
  body: Uint8Array
  headers: Readonly<Record<string, string>>
  receivedAt: number
  credentials: Credentials | undefined
}

/** What is known of a delivery so far, for the log. */
export interface DeliveryOnItsWay {
  id?: string | undefined
  hasBody?: boolean
  bodyRead: boolean
  remoteAddress: string | undefined
}
