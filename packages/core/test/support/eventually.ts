import { type ExpectPollOptions, expect } from 'vitest'

/** Looks again and again, as long as a busy machine may need. */
export function eventually<T>(
  look: () => T,
  options: ExpectPollOptions = {},
): ReturnType<typeof expect.poll<T>> {
  return expect.poll(look, { timeout: 5_000, interval: 5, ...options })
}
