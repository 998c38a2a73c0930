import { errorName, printable } from '../error-text.ts'
import { KycWebhookError } from '../errors.ts'
import type { Inbox } from '../inbox/inbox.ts'
import type { Provider } from '../provider.ts'
import type { Expected, Missing } from './expected.ts'
import { notCome } from './not-come.ts'
import type { ReconcileOptions } from './reconcile-options.ts'
import type { ReconcileSettings } from './reconcile-settings.ts'
import { remember } from './remember.ts'
import { unlessAborted, withinTime } from './within-time.ts'

/** Flags expected events that have not come in time. What is expected, the application knows, also after a restart. */
export class Overdue {
  readonly #inbox: Inbox
  readonly #provider: Provider
  readonly #settings: ReconcileSettings
  readonly #options: Pick<ReconcileOptions, 'expected' | 'onMissing'>
  /** What was flagged and is expected still. The inbox remembers it too; this saves asking. */
  #flagged = new Set<string>()

  constructor(
    inbox: Inbox,
    provider: Provider,
    settings: ReconcileSettings,
    options: Pick<ReconcileOptions, 'expected' | 'onMissing'>,
  ) {
    this.#inbox = inbox
    this.#provider = provider
    this.#settings = settings
    this.#options = options
  }

  /** Flags each event that is missing now and was not flagged before, by whatever process. */
  async flag(closing: AbortSignal): Promise<void> {
    const { name: receiver, logger } = this.#settings
    const all = await this.#expected(closing)
    const listed = byKey(all)
    if (listed.size < all.length) this.#tellRepeated(all, listed)
    this.#flagged = new Set([...this.#flagged].filter((key) => listed.has(key)))
    const overdue = [...listed].flatMap(([key, expected]) =>
      this.#isOverdue(expected) && !this.#flagged.has(key) ? [expected] : [],
    )
    if (overdue.length === 0) return
    const notThere = await notCome(this.#inbox, receiver, overdue)
    if (notThere === undefined) {
      const fields = { receiver, overdue: overdue.length }
      logger.warn(fields, 'too many events are unhandled to tell whether expected ones have come')
      return
    }
    // Asked again: one that was handled meanwhile was neither there nor is it expected any more.
    const still = byKey(await this.#expected(closing))
    for (const expected of notThere) {
      if (closing.aborted) return
      if (still.has(keyOf(expected))) await this.#flag(expected, closing)
    }
  }

  async #expected(closing: AbortSignal): Promise<readonly Expected[]> {
    const { expected = () => [] } = this.#options
    const listed: unknown = await withinTime(this.#settings.fetchTimeoutMs, closing, (signal) =>
      unlessAborted(signal, expected()),
    )
    if (Array.isArray(listed) && listed.every(isExpected)) return listed
    throw new KycWebhookError('option-invalid', 'expected (wanted: a list of { id, since, is })')
  }

  /** The inbox knows them by id and time alone, so the second could never be flagged. */
  #tellRepeated(all: readonly Expected[], listed: ReadonlyMap<string, Expected>): void {
    const { name: receiver, logger } = this.#settings
    const repeated = all.filter((each) => listed.get(keyOf(each)) !== each)
    const fields = { receiver, ids: [...new Set(repeated.map(({ id }) => printable(id)))].slice(0, 10) }
    logger.error(fields, 'expected events have one id and time: only the first of each is looked for')
  }

  #isOverdue({ since }: Expected): boolean {
    return this.#settings.now() - Number(since) >= this.#settings.missingAfterMs
  }

  async #flag(expected: Expected, closing: AbortSignal): Promise<void> {
    const { name: receiver, task, rememberMs: forMs, logger, now } = this.#settings
    const { id, since } = expected
    const what = ['missing', task, id, String(Number(since))]
    const isNew = await remember(this.#inbox, { receiver, what, at: now(), forMs })
    this.#flagged.add(keyOf(expected))
    if (!isNew) return
    const missing = { receiver, provider: this.#provider.name, id, since: new Date(since).toISOString() }
    logger.error({ ...missing, id: printable(id) }, 'an expected event has not come')
    await this.#tell(missing, closing)
  }

  /** A hook that throws, rejects or does not end is its owner's trouble. What it does after its time is up, nobody hears. */
  async #tell(missing: Missing, closing: AbortSignal): Promise<void> {
    const { name: receiver, logger, fetchTimeoutMs } = this.#settings
    try {
      await withinTime(fetchTimeoutMs, closing, (signal) =>
        unlessAborted(signal, this.#options.onMissing?.(missing)),
      )
    } catch (error) {
      if (closing.aborted) logger.warn({ receiver }, 'closing: onMissing is no longer waited for')
      else logger.error({ receiver, error: errorName(error) }, 'onMissing failed')
    }
  }
}

const keyOf = ({ id, since }: Expected): string => JSON.stringify([id, Number(since)])

/** The first of each key. */
function byKey(all: readonly Expected[]): Map<string, Expected> {
  const listed = new Map<string, Expected>()
  for (const each of all) if (!listed.has(keyOf(each))) listed.set(keyOf(each), each)
  return listed
}

/** A user's function gives it, so it may be anything. */
function isExpected(value: unknown): value is Expected {
  const { id, since, is } = (value ?? {}) as Partial<Expected>
  const isTime =
    (typeof since === 'number' || since instanceof Date) && !Number.isNaN(new Date(since).getTime())
  return typeof id === 'string' && isTime && typeof is === 'function'
}
