import { KycWebhookError } from './errors.ts'

/** The longest that Node's timers can wait; beyond it they fire at once. */
const MAX_TIMER_MS = 2_147_483_647

/** Milliseconds that a timer can wait. Throws `option-invalid`, as all of these do. */
export function duration(option: string, value: number, least = 1): number {
  positive(option, value, least)
  if (value > MAX_TIMER_MS) invalid(option, `at most ${MAX_TIMER_MS}`)
  return value
}

/** Some thousand years of milliseconds: added to the time of day, it is a whole number still. */
const MAX_VALUE = 100_000_000_000_000

/** A number of milliseconds or bytes. */
export function positive(option: string, value: number, least = 1): number {
  if (!Number.isSafeInteger(value) || value < least || value > MAX_VALUE)
    invalid(option, `a whole number from ${least} to ${MAX_VALUE}`)
  return value
}

export function integer(option: string, value: number): number {
  if (!Number.isSafeInteger(value) || value < 1) invalid(option, 'a whole number from 1')
  return value
}

export function boolean(option: string, value: boolean): boolean {
  if (typeof value !== 'boolean') invalid(option, 'true or false')
  return value
}

/** One of a few values. A misspelt one must not fall back to the default. */
export function oneOf<T>(option: string, value: T, values: readonly T[]): T {
  if (!values.includes(value)) invalid(option, values.map((each) => `'${each}'`).join(' or '))
  return value
}

export function invalid(option: string, wanted: string): never {
  throw new KycWebhookError('option-invalid', `${option} (wanted: ${wanted})`)
}
