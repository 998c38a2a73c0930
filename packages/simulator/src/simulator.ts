import { type Account, createBookkeeper } from './account.ts'
import { attempt } from './attempt.ts'
import type { Draft, PreparedDelivery } from './draft.ts'
import type { Mishap } from './mishaps.ts'
import { header, type PrepareOptions, type SignOptions } from './prepare.ts'
import type { DeliveryAttempt, DeliveryReport } from './report.ts'
import type { ProviderRules } from './rules.ts'
import { type Signer, signerOf } from './signer.ts'
import { type SimulatorOptions, settingsOf } from './simulator-options.ts'

export interface SendOptions {
  /** Breaks off: the promise rejects with the signal's reason. */
  signal?: AbortSignal | undefined
  /** What is to go wrong on the way. `deliver`: with the first attempt; the retries are spared. @default nothing */
  mishap?: Mishap | undefined
}

export interface DeliverOptions extends SendOptions, Omit<PrepareOptions, 'attempt'> {
  /** For this delivery: waits before the second and each further attempt, in milliseconds. @default the simulator's */
  retrySchedule?: readonly number[] | undefined
  /** Hears of each attempt when it is over. */
  onAttempt?: ((attempt: DeliveryAttempt) => void) | undefined
}

/** Plays one provider towards one receiver. */
export interface Simulator extends Signer {
  /** Waits before the second and each further attempt, in milliseconds, unscaled. */
  readonly retrySchedule: readonly number[]
  /** What was done so far: a copy. */
  readonly account: Account
  /** One attempt with exactly these headers and bytes; twice makes a duplicate. Resolves without a reply too, unless aborted. */
  send(delivery: PreparedDelivery, options?: SendOptions): Promise<DeliveryAttempt>
  /** Prepares and sends, and obeys the reply: sends again on the retry schedule until it is accepted, refused, or the schedule ends. */
  deliver(draft: Draft, options?: DeliverOptions): Promise<DeliveryReport>
}

/** A simulator of the provider that the rules describe. `pressSimulator` and its like know their rules. */
export function createSimulator(rules: ProviderRules, options: SimulatorOptions): Simulator {
  const settings = settingsOf(options, rules)
  const { timeScale, retryTimestamp, retryNonce, now, newNonce, sleep } = settings
  const { headers: names } = rules
  const books = createBookkeeper()
  let usedNonce: string | undefined
  const signer = signerOf(rules, () => ({ now: now(), newNonce, usedNonce }))

  async function send(delivery: PreparedDelivery, options: SendOptions = {}): Promise<DeliveryAttempt> {
    const made = await attempt(rules, settings, delivery, options)
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

  async function deliver(draft: Draft, options: DeliverOptions = {}): Promise<DeliveryReport> {
    const { signal, mishap, onAttempt, retrySchedule = settings.retrySchedule, ...preparing } = options
    let delivery = signer.prepare(draft, preparing)
    const again = { ...preparing, ...repeated(delivery) }
    const attempts: DeliveryAttempt[] = []
    const end = (outcome: DeliveryReport['outcome']): DeliveryReport => {
      books.end(outcome)
      return { id: draft.id, outcome, attempts }
    }
    books.begin()
    try {
      for (;;) {
        const made = await send(delivery, { signal, mishap: attempts.length === 0 ? mishap : undefined })
        attempts.push(made)
        onAttempt?.(made)
        if (made.verdict !== 'failed') return end(made.verdict)
        const wait = retrySchedule[attempts.length - 1]
        if (wait === undefined) return end('gave-up')
        await sleep(wait * timeScale, signal)
        delivery = signer.prepare(draft, { ...again, attempt: attempts.length + 1 })
      }
    } catch (error) {
      books.end('aborted')
      signal?.throwIfAborted()
      throw error
    }
  }

  return {
    ...signer,
    retrySchedule: settings.retrySchedule,
    get account() {
      return books.account()
    },
    send,
    deliver,
  }
}
