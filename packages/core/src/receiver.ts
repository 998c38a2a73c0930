import { withinBudget } from './budget.ts'
import { publishReceiver, Trace } from './diagnostics.ts'
import { KycWebhookError, Rejection } from './errors.ts'
import type { KycEvent } from './event.ts'
import { getReady } from './get-ready.ts'
import { Head } from './head.ts'
import { InHand } from './in-hand.ts'
import type { Inbox, Worker } from './inbox/inbox.ts'
import { createKeyRing, type KeyRing } from './key-ring.ts'
import { LagRefusal } from './lag-refusal.ts'
import { actualPeer } from './network.ts'
import { invalid } from './option-checks.ts'
import { type Provider, Unusable } from './provider.ts'
import type { ReceiverOptions } from './receiver-options.ts'
import { checkPolledIdentity, keepIdentity } from './reconcile/identities.ts'
import { type Recorded, Replier } from './replier.ts'
import { type DeliveryOnItsWay, Reporter } from './reporter.ts'
import type { HttpRequest, Reply } from './request.ts'
import { type Reverified, reverify } from './reverify.ts'
import { SentSkew } from './sent-skew.ts'
import { resolveSettings, type Settings } from './settings.ts'
import { admit } from './steps/admit.ts'
import { readCredentials } from './steps/credentials.ts'
import { checkFreshness } from './steps/freshness.ts'
import { identify } from './steps/identify.ts'
import { authenticDelivery, keptHeaders, parse } from './steps/parse.ts'
import { readInPlace } from './steps/read-in-place.ts'
import { record } from './steps/record.ts'
import { type SentParts, verify } from './steps/verify.ts'
import { Unverified } from './unverified.ts'
import { UnverifiedKeeper } from './unverified-keeper.ts'
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
  /**
   * Verifies again what is kept unverified (`keepUnverified`), under the secrets in force now, as of the time at which it came.
   * What is authentic goes the way of a delivery and is kept no longer as unverified; the rest stays. May be repeated, also
   * after it broke off. Rejects with `secret-unavailable`, and as `inbox.record`.
   */
  reverify(): Promise<Reverified>
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
  readonly #skew: SentSkew
  readonly #unverified: Unverified
  readonly #lag: LagRefusal
  readonly #keeper: UnverifiedKeeper | undefined
  readonly #keptHeaders: ReturnType<typeof keptHeaders>
  readonly #reporter: Reporter
  readonly #replier: Replier
  readonly #worker: Worker | undefined
  readonly #inHand = new InHand()
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
    this.#skew = new SentSkew(provider, who)
    this.#unverified = new Unverified(settings.unverified)
    this.#lag = new LagRefusal(inbox, settings.budgetMs)
    this.#keptHeaders = keptHeaders(provider)
    const { keepUnverified: kept } = settings
    const keptOf = { provider, inbox, settings, keptHeaders: this.#keptHeaders }
    this.#keeper = kept && new UnverifiedKeeper({ ...keptOf, kept })
    this.#reporter = new Reporter(settings, provider, options.onRejected)
    this.#replier = new Replier(provider, this.#reporter, settings)
    checkPolledIdentity(inbox, settings.name, provider)
    this.#worker = options.receiveOnly ? refuseHandlers(options) : startWork(provider, options, settings)
    keepIdentity(inbox, settings.name, provider)
    this.ready = getReady(inbox, this.#keyRing, this.#reporter)
    publishReceiver({ receiver: settings.name, provider: provider.name })
  }

  receive(request: HttpRequest): Promise<Reply> {
    return this.#inHand.track(this.#receive(request))
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
      const { proxies, tlsVersionHeader, admission, budgetMs } = this.#settings
      const peer = actualPeer(socket, head, proxies, tlsVersionHeader)
      delivery.remoteAddress = peer.address
      admit(request.method, head, peer, admission)
      const credentials = readCredentials(this.#provider, head)

      trace.next('read')
      const place = this.#unverified.enter()
      const body = await readInPlace(request, place, this.#settings)
      delivery.bodyRead = true

      this.#lag.check(place)
      const accept = () => this.#accept({ head, credentials, body, place }, delivery, trace)
      return this.#replier.recorded(await withinBudget(budgetMs, accept), delivery, trace)
    } catch (error) {
      return this.#replier.thrown(error, delivery, trace)
    }
  }

  /** The part of the way that the provider's time limit covers: from the last byte of the body to the durable record. */
  async #accept(sent: SentParts, delivery: DeliveryOnItsWay, trace: Trace): Promise<Recorded> {
    const { head, credentials, body } = sent
    const { name: receiver, toleranceMs, rememberMs, now } = this.#settings
    const provider = this.#provider

    trace.next('authenticate')
    const receivedAt = now()
    const { id: verifiedBy } = await verify(provider.signature, this.#keyRing, sent, receivedAt, this.#keeper)

    trace.next('freshness')
    this.#skew.measure(head, credentials, receivedAt)
    const freshness = checkFreshness(credentials.timestamp, receivedAt, toleranceMs)

    trace.next('parse', freshness === 'fresh' ? 'ok' : freshness)
    const headers = this.#keptHeaders(head)
    const parts = parse(provider, authenticDelivery(provider, body, headers))
    if (parts instanceof Unusable) delivery.unusable = parts.reason

    trace.next('identify', parts instanceof Unusable ? parts.code : 'ok')
    const { traceparent } = trace
    const evidence = { receivedAt, credentials, traceparent, verifiedBy }
    const received = { receiver, provider, body, headers, toleranceMs, rememberMs, ...evidence }
    const receipts = identify(received, freshness, parts)
    delivery.id = receipts[0]?.context.id
    this.#reporter.compareHints(headers, receipts)

    trace.next('record')
    const outcomes = await record(this.#inbox, receipts)

    trace.next('reply', outcomes[0])
    return { receipts, outcomes }
  }

  async reverify(): Promise<Reverified> {
    if (this.#closed !== undefined) throw new KycWebhookError('receiver-closed')
    return this.#inHand.track(reverify(this.#provider, this.#inbox, this.#settings, this.#keyRing))
  }

  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  async #close(): Promise<void> {
    await this.#inHand.settled()
    this.#keyRing.close()
    this.#reporter.close()
    const { closeGraceMs } = this.#settings
    await Promise.all([this.#keeper?.close(closeGraceMs), this.#worker?.stop(closeGraceMs)])
  }
}
