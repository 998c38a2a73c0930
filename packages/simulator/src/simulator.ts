import { type Account, createBookkeeper } from './account.ts'
import { attempt } from './attempt.ts'
import type { Draft, PreparedDelivery } from './draft.ts'
import type { Flaw } from './flaws.ts'
import { type PrepareOptions, prepare, type SignOptions, sign } from './prepare.ts'
import type { DeliveryAttempt, DeliveryReport } from './report.ts'
import type { ProviderRules } from './rules.ts'
import { type SimulatorOptions, settingsOf } from './simulator-options.ts'

export interface SendOptions {
  /** Breaks off: the promise rejects with the signal's reason. */
  signal?: AbortSignal | undefined
}

export interface DeliverOptions extends SendOptions, Omit<PrepareOptions, 'attempt'> {}

/** Plays one provider towards one receiver. */
export interface Simulator {
  /** The provider played: `press`, `uip`, `advance-ai`. */
  readonly provider: string
  /** Waits before the second and each further attempt, in milliseconds, unscaled. */
  readonly retrySchedule: readonly number[]
  /** What can be wrong with a delivery of this provider. */
  readonly flaws: readonly Flaw[]
  /** What was done so far: a copy. */
  readonly account: Account
  /** The headers that prove a body, and no others. No HTTP. */
  sign(body: string | Uint8Array, options?: SignOptions): Record<string, string>
  /** The delivery as it would be sent. No HTTP. Throws a `TypeError` for a flaw that is not among `flaws`. */
  prepare(draft: Draft, options?: PrepareOptions): PreparedDelivery
  /** One attempt with exactly these headers and bytes; twice makes a duplicate. Resolves without a reply too, unless aborted. */
  send(delivery: PreparedDelivery, options?: SendOptions): Promise<DeliveryAttempt>
  /** Prepares and sends, and obeys the reply: sends again on the retry schedule until it is accepted, refused, or the schedule ends. */
  deliver(draft: Draft, options?: DeliverOptions): Promise<DeliveryReport>
}

/** A simulator of the provider that the rules describe. `pressSimulator` and its like know their rules. */
export function createSimulator(rules: ProviderRules, options: SimulatorOptions): Simulator {
  const settings = settingsOf(options, rules)
  const { timeScale, retrySchedule, retryTimestamp, retryNonce, now, sleep } = settings
  const { headers: names } = rules
  const books = createBookkeeper()
  let usedNonce: string | undefined

  function prepareNow(draft: Draft, options: PrepareOptions = {}): PreparedDelivery {
    return prepare(rules, draft, options, { now: now(), usedNonce })
  }

  async function send(delivery: PreparedDelivery, { signal }: SendOptions = {}): Promise<DeliveryAttempt> {
    const made = await attempt(rules, settings, delivery, signal)
    if (made.verdict === 'accepted') usedNonce = header(delivery, names.nonce) ?? usedNonce
    books.attempt(made)
    return made
  }

  /** What of a first attempt the retries repeat. */
  function repeated(first: PreparedDelivery): SignOptions {
    const timestamp = retryTimestamp === 'first' ? header(first, names.timestamp) : undefined
    const nonce = retryNonce === 'first' ? header(first, names.nonce) : undefined
    return { ...(timestamp !== undefined && { timestamp }), ...(nonce !== undefined && { nonce }) }
  }

  async function deliver(
    draft: Draft,
    { signal, ...preparing }: DeliverOptions = {},
  ): Promise<DeliveryReport> {
    let delivery = prepareNow(draft, preparing)
    const again = { ...preparing, ...repeated(delivery) }
    const attempts: DeliveryAttempt[] = []
    const end = (outcome: DeliveryReport['outcome']): DeliveryReport => {
      books.end(outcome)
      return { id: draft.id, outcome, attempts }
    }
    books.begin()
    try {
      for (;;) {
        const made = await send(delivery, { signal })
        attempts.push(made)
        if (made.verdict !== 'failed') return end(made.verdict)
        const wait = retrySchedule[attempts.length - 1]
        if (wait === undefined) return end('gave-up')
        await sleep(wait * timeScale, signal)
        delivery = prepareNow(draft, { ...again, attempt: attempts.length + 1 })
      }
    } catch (error) {
      books.end('aborted')
      signal?.throwIfAborted()
      throw error
    }
  }

  return {
    provider: rules.provider,
    retrySchedule,
    flaws: rules.flaws,
    get account() {
      return books.account()
    },
    sign: (body, options = {}) => sign(rules, body, options, now()),
    prepare: prepareNow,
    send,
    deliver,
  }
}

function header(delivery: PreparedDelivery, name: string | undefined): string | undefined {
  return name === undefined ? undefined : delivery.headers[name]
}
