import type { Trace } from './diagnostics.ts'
import { errorFrames, errorName, printable } from './error-text.ts'
import { isKycWebhookError, type Rejection } from './errors.ts'
import type { Outcome, Receipt } from './inbox/port.ts'
import { LineSampler } from './line-sampler.ts'
import type { Provider } from './provider.ts'
import type { RejectedDelivery } from './receiver-options.ts'
import type { Settings } from './settings.ts'

const NOT_ACCEPTED = 'delivery not accepted: our fault, the provider is asked to send it again'
const REFUSED = 'delivery refused'

/** What is known of a delivery so far, for the log. */
export interface DeliveryOnItsWay {
  id?: string | undefined
  hasBody?: boolean
  bodyRead: boolean
  /** Why it cannot become events, in words of ours. */
  unusable?: string
  remoteAddress: string | undefined
}

/** Says what became of each delivery: one line in the log, and the hook. Never a header value, a body or an error's message from elsewhere. */
export class Reporter {
  readonly #settings: Settings
  readonly #provider: Provider
  readonly #onRejected: ((rejected: RejectedDelivery) => void) | undefined
  readonly #sampler: LineSampler

  constructor(
    settings: Settings,
    provider: Provider,
    onRejected: ((rejected: RejectedDelivery) => void) | undefined,
  ) {
    this.#settings = settings
    this.#provider = provider
    this.#onRejected = onRejected
    this.#sampler = new LineSampler(settings.logger)
  }

  accepted(delivery: DeliveryOnItsWay, outcomes: readonly Outcome[], events: number, trace: Trace): void {
    const conflict = outcomes.includes('conflict')
    const outcome = conflict
      ? 'conflict'
      : outcomes.includes('recorded')
        ? 'recorded'
        : (outcomes[0] ?? 'recorded')
    const { status } = this.#provider.accepted
    const fields = { ...this.#who(delivery), outcome, status, events, durationMs: rounded(trace.elapsedMs) }
    if (conflict) {
      this.#settings.logger.warn(
        { ...fields, code: 'delivery-conflict' },
        'a known delivery id came with another body: the first one counts, this one is in quarantine',
      )
      void this.#tell({ code: 'delivery-conflict', status, quarantined: true }, delivery)
    } else {
      this.#settings.logger.info(
        fields,
        outcome === 'recorded' ? 'delivery recorded' : 'delivery known already',
      )
    }
    trace.end(outcome, { status, quarantined: conflict })
  }

  rejected(
    rejection: Rejection,
    status: number,
    delivery: DeliveryOnItsWay,
    quarantined: boolean,
    trace: Trace,
  ): void {
    const { code, detail } = rejection
    const { logger } = this.#settings
    const { deliveryId, ...who } = this.#who(delivery)
    const common = { ...who, code, status }
    const rest = {
      deliveryId,
      ...(detail === undefined ? {} : { detail: printable(detail, 512) }),
      ...(quarantined ? { quarantined } : {}),
      remoteAddress: delivery.remoteAddress,
      durationMs: rounded(trace.elapsedMs),
    }
    // Whoever can reach us can cause these lines, as many as he likes; those about a refused authentic delivery, only the provider.
    if (status >= 500) this.#sampler.log('error', code, common, rest, NOT_ACCEPTED)
    else if (quarantined)
      logger.error({ ...common, ...rest }, 'authentic delivery refused and kept in quarantine')
    else if (deliveryId !== undefined) logger.warn({ ...common, ...rest }, REFUSED)
    else this.#sampler.log('warn', code, common, rest, REFUSED)
    void this.#tell({ code, status, quarantined }, delivery)
    trace.end(code, { status, quarantined })
  }

  /** The unsigned id decides nothing, but one that differs from the signed id means that somebody changed a header. */
  compareHints(headers: Readonly<Record<string, string>>, receipts: readonly Receipt[]): void {
    const { hints } = this.#provider
    // Where attributes came from headers, the id of the delivery was not among them.
    const isComparable =
      receipts.length === 1 && !receipts[0]?.events.some(({ unsigned }) => unsigned.length > 0)
    const signedId = isComparable ? receipts[0]?.context.id : undefined
    const hintedId = hints?.id === undefined ? undefined : headers[hints.id]
    const idDiffers = signedId !== undefined && hintedId !== undefined && hintedId !== signedId
    const types = receipts.flatMap((receipt) => receipt.events.map((event) => event.type))
    const hintedType = hints?.type === undefined ? undefined : headers[hints.type]
    const typeDiffers = hintedType !== undefined && types.length === 1 && hintedType !== types[0]
    if (!idDiffers && !typeDiffers) return
    this.#settings.logger.warn(
      { ...this.#who({ id: signedId }), header: idDiffers ? hints?.id : hints?.type },
      'an unsigned header differs from the signed body: the body counts',
    )
  }

  failed(error: unknown): void {
    const message = 'the receiver failed: this is a defect of it or of the provider definition'
    const fields = { error: errorName(error), stack: errorFrames(error) }
    this.#sampler.log('error', 'failed', { receiver: this.#settings.name }, fields, message)
  }

  ready(inbox: string): void {
    const { name: receiver, path, logger } = this.#settings
    logger.info({ provider: this.#provider.name, receiver, path, inbox }, 'receiver ready')
  }

  notReady(error: unknown): void {
    const code = isKycWebhookError(error) ? error.code : errorName(error)
    const detail = isKycWebhookError(error) ? error.message : undefined
    this.#settings.logger.error(
      { receiver: this.#settings.name, code, detail },
      'the receiver is not ready: deliveries are answered 503',
    )
  }

  notDurable(inbox: string): void {
    this.#settings.logger.warn(
      { receiver: this.#settings.name, inbox },
      'THIS INBOX IS NOT DURABLE: a 200 does not survive a restart. For tests only',
    )
  }

  /** Tells of the lines that were counted so far. */
  close(): void {
    this.#sampler.close()
  }

  #who(delivery: { id?: string | undefined }) {
    const deliveryId = delivery.id === undefined ? undefined : printable(delivery.id)
    return { provider: this.#provider.name, receiver: this.#settings.name, deliveryId }
  }

  /** A hook that throws, or rejects, is its owner's trouble, not the delivery's. */
  async #tell(
    rejected: Pick<RejectedDelivery, 'code' | 'status' | 'quarantined'>,
    delivery: DeliveryOnItsWay,
  ): Promise<void> {
    try {
      const { provider, receiver, deliveryId } = this.#who(delivery)
      await this.#onRejected?.({
        ...rejected,
        provider,
        receiver,
        deliveryId,
        remoteAddress: delivery.remoteAddress,
      })
    } catch (error) {
      const common = { receiver: this.#settings.name, error: errorName(error) }
      this.#sampler.log('error', 'onRejected', common, {}, 'onRejected threw')
    }
  }
}

const rounded = (ms: number): number => Math.round(ms * 100) / 100
