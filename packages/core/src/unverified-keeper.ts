import { createHash } from 'node:crypto'
import type { Head } from './head.ts'
import type { Inbox } from './inbox/inbox.ts'
import { waitAtMost } from './inbox/pause.ts'
import type { UnverifiedDelivery } from './inbox/port.ts'
import type { Provider } from './provider.ts'
import type { Settings, UnverifiedKept } from './settings.ts'
import type { keptHeaders } from './steps/parse.ts'
import { verifiedByHeaders } from './verified-by-headers.ts'

/** So many are written at once, of so many bytes together, with such a pause between: all that a flood costs. */
const MOST = 64
const MOST_BYTES = 2_097_152
const EVERY_MS = 250
/** A store behind which a receipt waits for longer has better things to do. */
const BUSY_MS = 50

/** A delivery that no secret matched. */
export interface Unmatched {
  head: Head
  body: Uint8Array
  receivedAt: number
}

interface KeeperOptions {
  provider: Provider
  inbox: Pick<Inbox, 'keepUnverified' | 'waitMs'>
  settings: Pick<Settings, 'name' | 'random'>
  kept: UnverifiedKept
  keptHeaders: ReturnType<typeof keptHeaders>
}

/**
 * Has deliveries kept that no secret matched, behind their replies: a fair sample of them where more come than are written.
 * What the store does not take is lost, and nobody waits for it.
 */
export class UnverifiedKeeper {
  readonly #options: KeeperOptions
  #sample: Unmatched[] = []
  #bytes = 0
  /** Since the last write. */
  #offered = 0
  #timer: NodeJS.Timeout | undefined
  #writing: Promise<void> | undefined
  #isClosed = false

  constructor(options: KeeperOptions) {
    this.#options = options
  }

  /** Takes it, in the place of another by chance, or not at all. */
  offer(unmatched: Unmatched): void {
    if (this.#isClosed) return
    this.#offered += 1
    const at =
      this.#sample.length < MOST
        ? this.#sample.length
        : Math.floor(this.#options.settings.random() * this.#offered)
    if (at >= MOST) return
    const freed = this.#sample[at]?.body.byteLength ?? 0
    const bytes = this.#bytes - freed + unmatched.body.byteLength
    if (bytes > MOST_BYTES && this.#sample.length > 0) return
    // A copy: a view would keep all of the buffer that the body lies in.
    this.#sample[at] = { ...unmatched, body: new Uint8Array(unmatched.body) }
    this.#bytes = bytes
    this.#writeSoon()
  }

  /** Writes what is in hand, unless that takes longer, in milliseconds. */
  async close(graceMs: number): Promise<void> {
    this.#isClosed = true
    clearTimeout(this.#timer)
    const written = Promise.resolve(this.#writing).then(() => this.#write())
    await waitAtMost(graceMs, written)
  }

  #writeSoon(): void {
    if (this.#isClosed || this.#timer !== undefined || this.#writing !== undefined) return
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      if (this.#options.inbox.waitMs() > BUSY_MS) return this.#writeSoon()
      this.#writing = this.#write().finally(() => {
        this.#writing = undefined
        if (this.#sample.length > 0) this.#writeSoon()
      })
    }, EVERY_MS).unref()
  }

  async #write(): Promise<void> {
    const { inbox, settings, kept } = this.#options
    const sample = this.#sample
    this.#sample = []
    this.#bytes = 0
    this.#offered = 0
    if (sample.length === 0) return
    const deliveries = sample.flatMap((unmatched) => this.#delivery(unmatched) ?? [])
    // Whether the store takes them or not, the delivery was refused; a fault of the store is told by those that it matters to.
    await inbox.keepUnverified(settings.name, deliveries, kept).catch(() => {})
  }

  /** `undefined`: it cannot be verified, under whatever secret. */
  #delivery({ head, body, receivedAt }: Unmatched): UnverifiedDelivery | undefined {
    const { provider, kept, keptHeaders } = this.#options
    try {
      const verifiedBy = verifiedByHeaders(provider, head, body)
      const digest = createHash('sha256').update(JSON.stringify(verifiedBy)).update(body).digest('hex')
      return {
        ...{ digest, receivedAt, expiresAt: receivedAt + kept.maxAgeMs, body },
        headers: { ...keptHeaders(head), ...verifiedBy },
        context: { receivedAt: new Date(receivedAt).toISOString() },
      }
    } catch {
      return undefined
    }
  }
}
