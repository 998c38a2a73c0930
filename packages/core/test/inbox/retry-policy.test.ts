import { describe, expect, it } from 'vitest'
import { defaultRetryPolicy, retryDelay } from '../../src/inbox/retry-policy.ts'

const delays = (random: () => number) =>
  Array.from({ length: defaultRetryPolicy.attempts - 1 }, (_, index) =>
    retryDelay(defaultRetryPolicy, index + 1, random),
  )
const hours = (all: readonly number[]) => all.reduce((sum, delay) => sum + delay, 0) / 3_600_000

describe('the default policy', () => {
  it('grows to an hour', () => {
    expect(delays(() => 0)).toEqual([
      ...[1_000, 3_000, 9_000, 27_000, 81_000, 243_000, 729_000, 2_187_000],
      ...Array(6).fill(3_600_000),
    ])
  })

  it('lasts from 5.5 to 6.9 hours, as chance has it', () => {
    expect(hours(delays(() => 0))).toBeCloseTo(6.9, 1)
    expect(hours(delays(() => 0.999_999))).toBeCloseTo(5.5, 1)
  })
})

describe('a delay', () => {
  const policy = { attempts: 2_000, firstDelayMs: 1_000, factor: 2, maxDelayMs: 60_000, crashes: 3 }

  it.each([0, 0.25, 0.5, 0.999])('is spread over its last fifth: %d', (chance) => {
    expect(retryDelay(policy, 1, () => chance)).toBe(Math.round(1_000 - 200 * chance))
  })

  it.each([
    ['no first delay', { firstDelayMs: 0 }, 0],
    ['no growth', { factor: 1 }, 1_000],
    ['no longest delay to speak of', { maxDelayMs: 0 }, 0],
    ['all of it', {}, 60_000],
  ])('is a number whatever the attempt, with %s', (_, over, expected) => {
    for (const attempt of [100, 1_025, 2_000, 1e9]) {
      expect(retryDelay({ ...policy, ...over }, attempt, () => 0)).toBe(expected)
    }
  })
})
