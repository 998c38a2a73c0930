import { withinBudget } from './budget.ts'
import { publishReceiver, Trace } from './diagnostics.ts'
import { Rejection } from './errors.ts'
import type { KycEvent } from './event.ts'
import { Head } from './head.ts'
import type { Inbox, Worker } from './inbox/inbox.ts'
import type { Outcome, Receipt } from './inbox/port.ts'
import { createKeyRing, type KeyRing } from './key-ring.ts'
import { actualPeer } from './network.ts'
import { invalid } from './option-checks.ts'
import { type Provider, Unusable } from './provider.ts'
import type { ReceiverOptions } from './receiver-options.ts'
import { checkPolledIdentity, keepIdentity } from './reconcile/identities.ts'
import { type DeliveryOnItsWay, Reporter } from './reporter.ts'
import type { HttpRequest, Reply } from './request.ts'
import { resolveSettings, type Settings } from './settings.ts'
import { SkewMeter } from './skew-meter.ts'
import { admit } from './steps/admit.ts'
import { authenticate } from './steps/authenticate.ts'
import { type Credentials, readCredentials } from './steps/credentials.ts'
import { checkFreshness } from './steps/freshness.ts'
import { identify } from './steps/identify.ts'
import { authenticDelivery, keptHeaders, parse } from './steps/parse.ts'
import { record } from './steps/record.ts'
import { acceptedReply, rejectionReply } from './steps/reply.ts'
import { TurnMeter } from './turn-meter.ts'
import { type Place, Unverified } from './unverified.ts'
import { refuseHandlers, startWork } from './work.ts'

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
  readonly #skew: SkewMeter | undefined
  readonly #unverified: Unverified
  readonly #turns = new TurnMeter()
  readonly #keptHeaders: ReturnType<typeof keptHeaders>
  readonly #accepted: Reply
  readonly #reporter: Reporter
  readonly #worker: Worker | undefined
  readonly #inHand = new Set<Promise<Reply>>()
  #closed: Promise<void> | undefined

  constructor(provider: Provider, options: ReceiverOptions & { inbox: Inbox }) {
    const settings = resolveSettings(provider, options)
    const { secret, inbox } = options
    if (typeof inbox?.record !== 'function') invalid('inbox', 'an inbox, for example sqliteInbox({ file })')
    this.name = settings.name
    this.path = settings.path
    this.pathGiven = options.path !== undefined
    this.#provider = provider
    this.#inbox = inbox
    this.#settings = settings
    const who = { receiver: settings.name, provider: provider.name, logger: settings.logger }
    const { secretMaxAgeMs: maxAgeMs, now } = settings
    this.#keyRing = createKeyRing(secret, provider.signature.key, { ...who, maxAgeMs, now })
    this.#skew = provider.timestamp?.signed ? new SkewMeter(who) : undefined
    this.#unverified = new Unverified(settings.unverified)
    this.#keptHeaders = keptHeaders(provider)
    this.#accepted = acceptedReply(provider.accepted)
    this.#reporter = new Reporter(settings, provider, options.onRejected)
    checkPolledIdentity(inbox, settings.name, provider)
    this.#worker = options.receiveOnly ? refuseHandlers(options) : startWork(provider, options, settings)
    keepIdentity(inbox, settings.name, provider)
    this.ready = Promise.all([inbox.open(), this.#keyRing.load()]).then(() => {})
    this.ready.then(
      () => this.#reporter.ready(inbox.name),
      (error: unknown) => this.#reporter.notReady(error),
    )
    if (!inbox.durable) this.#reporter.notDurable(inbox.name)
    publishReceiver({ receiver: settings.name, provider: provider.name })
  }

  receive(request: HttpRequest): Promise<Reply> {
    const reply = this.#receive(request)
    this.#inHand.add(reply)
    return reply.finally(() => this.#inHand.delete(reply))
  }

  /** The way of a delivery. */
  async #receive(request: HttpRequest): Promise<Reply> {
    const trace = new Trace(this.name, this.#provider.name, request.rawHeaders)
    const delivery: DeliveryOnItsWay = { bodyRead: false, remoteAddress: request.remoteAddress }
    try {
      if (this.#closed !== undefined) throw new Rejection('receiver-closed')
      const head = new Head(request.rawHeaders)
      delivery.hasBody = head.announcesBody()
      const socket = { address: request.remoteAddress, tls: request.tls }
      const { proxies, tlsVersionHeader, admission } = this.#settings
      const peer = actualPeer(socket, head, proxies, tlsVersionHeader)
      delivery.remoteAddress = peer.address
      admit(request.method, head, peer, admission)
      const credentials = readCredentials(this.#provider, head)

      trace.next('read')
      const place = this.#unverified.enter()
      const body = await this.#read(request, place)
      delivery.bodyRead = true

      this.#refuseWhenBehind(place)
      const accept = () => this.#accept({ head, credentials, body, place }, delivery, trace)
      const { receipts, outcomes } = await withinBudget(this.#settings.budgetMs, accept)
      return this.#replyTo(receipts, outcomes, delivery, trace)
    } catch (error) {
      return this.#reject(error, delivery, trace)
    }
  }

  async #read(request: HttpRequest, place: Place): Promise<Uint8Array> {
    const { maxBodyBytes: maxBytes, readTimeoutMs: timeoutMs } = this.#settings
    try {
      const body = await request.readBody({ maxBytes, timeoutMs, place })
      place.arrived(body.byteLength)
      return body
    } catch (error) {
      place.leave()
      throw error
    }
  }

  /** What would be answered too late is answered at once, before it costs anything: so the others are in time. */
  #refuseWhenBehind(place: Place): void {
    const lagMs = this.#turns.lagMs()
    if (this.#inbox.waitMs() + lagMs <= this.#settings.budgetMs) return
    place.leave()
    throw new Rejection('inbox-behind')
  }

  /** The part of the way that the provider's time limit covers: from the last byte of the body to the durable record. */
  async #accept(sent: SentParts, delivery: DeliveryOnItsWay, trace: Trace): Promise<Recorded> {
    const { head, credentials, body, place } = sent
    trace.next('authenticate')
    const { signature } = this.#provider
    const receivedAt = this.#settings.now()
    const { id: verifiedBy } = await authenticate(
      signature,
      this.#keyRing,
      head,
      body,
      credentials.signatures,
      receivedAt,
    ).finally(() => place.leave())

    trace.next('freshness')
    this.#measureSkew(head, credentials, receivedAt)
    const freshness = checkFreshness(credentials.timestamp, receivedAt, this.#settings.toleranceMs)

    trace.next('parse', freshness === 'fresh' ? 'ok' : freshness)
    const headers = this.#keptHeaders(head)
    const parts = parse(this.#provider, authenticDelivery(this.#provider, body, headers))

    if (parts instanceof Unusable) delivery.unusable = parts.reason
    trace.next('identify', parts instanceof Unusable ? parts.code : 'ok')
    const { name: receiver, toleranceMs, rememberMs } = this.#settings
    const { traceparent } = trace
    const received = {
      receiver,
      provider: this.#provider,
      body,
      headers,
      receivedAt,
      credentials,
      traceparent,
      verifiedBy,
    }
    const receipts = identify({ ...received, toleranceMs, rememberMs }, freshness, parts)
    delivery.id = receipts[0]?.context.id
    this.#reporter.compareHints(headers, receipts)

    trace.next('record')
    const outcomes = await record(this.#inbox, receipts)

    trace.next('reply', outcomes[0])
    return { receipts, outcomes }
  }

  /** A repetition may have the timestamp of its first attempt, hours ago. */
  #measureSkew(head: Head, { timestamp }: Credentials, receivedAt: number): void {
    const isRepetition = Number(head.hint(this.#provider.hints?.attempt)) > 1
    if (timestamp !== undefined && !isRepetition) this.#skew?.sent(timestamp, receivedAt)
  }

  #replyTo(
    receipts: readonly Receipt[],
    outcomes: readonly Outcome[],
    delivery: DeliveryOnItsWay,
    trace: Trace,
  ): Reply {
    const reason = receipts.find((receipt) => receipt.quarantine !== undefined)?.quarantine
    // A known delivery is not kept again, unless it came with other bytes.
    const kept = outcomes.some((outcome) => outcome !== 'duplicate')
    if (reason !== undefined)
      return this.#refuse(new Rejection(reason, delivery.unusable), delivery, trace, kept)
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

  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  async #close(): Promise<void> {
    await Promise.allSettled([...this.#inHand])
    this.#keyRing.close()
    this.#reporter.close()
    await this.#worker?.stop(this.#settings.closeGraceMs)
  }
}

interface SentParts {
  head: Head
  credentials: Credentials
  body: Uint8Array
  /** Given back as soon as the delivery is verified or not. */
  place: Place
}

interface Recorded {
  receipts: readonly Receipt[]
  outcomes: readonly Outcome[]
}
