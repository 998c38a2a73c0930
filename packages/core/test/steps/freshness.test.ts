import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkFreshness } from '../../src/steps/freshness.ts'

const now = 1_774_874_700_000
const tolerance = 300_000
const at = (seconds: number) => checkFreshness(now / 1_000 + seconds, now, tolerance)

describe('checkFreshness', () => {
  it.each([
    [-301, 'timestamp-stale'],
    [-300, 'fresh'],
    [-295, 'fresh'],
    [0, 'fresh'],
    [295, 'fresh'],
    [300, 'fresh'],
    [301, 'timestamp-ahead'],
  ])('%d s from now: %s', (seconds, verdict) => {
    expect(at(seconds)).toBe(verdict)
  })

  it('counts the milliseconds of our clock', () => {
    expect(checkFreshness(now / 1_000, now + tolerance + 1, tolerance)).toBe('timestamp-stale')
    expect(checkFreshness(now / 1_000 + 300, now - 1, tolerance)).toBe('timestamp-ahead')
  })

  it.each([0, 99_999_999_999])('%d, the ends of what can be written, is not fresh', (seconds) => {
    expect(checkFreshness(seconds, now, tolerance)).not.toBe('fresh')
  })

  it('a provider that sends no time is always fresh', () => {
    expect(checkFreshness(undefined, now, tolerance)).toBe('fresh')
  })

  it('is fresh exactly within the tolerance, on both sides', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1_000, max: 1_000 }), fc.integer({ min: 1, max: 500_000 }), (s, ms) => {
        const verdict = checkFreshness(now / 1_000 + s, now, ms)
        expect(verdict === 'fresh').toBe(Math.abs(s * 1_000) <= ms)
      }),
    )
  })
})
