import type { Draft, PreparedDelivery } from './draft.ts'
import { EFFECTS, type Flaw } from './flaws.ts'
import type { ProviderRules } from './rules.ts'

/** What the headers of a signature are made of. */
export interface SignOptions {
  /** A number of Unix seconds, or any text, to be signed as it stands; the same in every attempt. @default the time of the attempt */
  timestamp?: number | string
  /** The same in every attempt. @default a fresh one */
  nonce?: string
}

export interface PrepareOptions extends SignOptions {
  /** Which attempt this is, counted from 1; PRESS tells it in a header. @default 1 */
  attempt?: number
  /** What is to be wrong with the delivery. @default nothing */
  flaw?: Flaw | undefined
}

/** What preparing needs from the simulator at the moment of the call. */
export interface Moment {
  /** Milliseconds since the Unix epoch. */
  now: number
  newNonce: () => string
  /** That of the delivery accepted last. */
  usedNonce: string | undefined
}

/** The headers that prove a body: signature and, as far as the provider sends them, timestamp and nonce. */
export function sign(
  rules: ProviderRules,
  body: string | Uint8Array,
  options: SignOptions,
  { now, newNonce }: Pick<Moment, 'now' | 'newNonce'>,
): Record<string, string> {
  const { provider, headers: names } = rules
  if (options.timestamp !== undefined && names.timestamp === undefined) {
    throw new TypeError(`${provider}: no timestamp is sent under this scheme`)
  }
  if (options.nonce !== undefined && names.nonce === undefined) {
    throw new TypeError(`${provider}: no nonce is sent`)
  }
  const timestamp = String(options.timestamp ?? Math.floor(now / 1000))
  return {
    ...(names.timestamp && { [names.timestamp]: timestamp }),
    ...(names.nonce && { [names.nonce]: options.nonce ?? newNonce() }),
    [names.signature]: rules.signature(Buffer.from(body), timestamp),
  }
}

/** Signs a draft and, on demand, spoils it. */
export function prepare(
  rules: ProviderRules,
  draft: Draft,
  options: PrepareOptions,
  moment: Moment,
): PreparedDelivery {
  const { attempt = 1, flaw, ...chosen } = options
  if (flaw !== undefined && !rules.flaws.includes(flaw)) {
    throw new TypeError(`${rules.provider}: no delivery can have the flaw '${flaw}'; see simulator.flaws`)
  }
  const effect = flaw === undefined ? {} : EFFECTS[flaw]
  const body = effect.body?.(draft.body) ?? draft.body
  const headers = {
    ...draft.headers,
    ...rules.unsigned(draft, attempt),
    ...sign(rules, body, { ...effect.signing?.(moment), ...chosen }, moment),
  }
  const delivery = { id: draft.id, headers, body }
  return effect.spoil?.(delivery, rules.headers) ?? delivery
}

/** The value of a header that the provider may or may not send. */
export function header(delivery: PreparedDelivery, name: string | undefined): string | undefined {
  return name === undefined ? undefined : delivery.headers[name]
}
