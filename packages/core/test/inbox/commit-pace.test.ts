import { describe, expect, it } from 'vitest'
import { CommitPace } from '../../src/inbox/commit-pace.ts'

/** A pace whose commits have taken so long, in milliseconds, one after the other. */
function paceOf(...took: number[]): { pace: CommitPace; pass: (ms: number) => void } {
  let now = 1_000
  const pass = (ms: number) => {
    now += ms
  }
  const pace = new CommitPace(() => now)
  for (const ms of took) {
    const ended = pace.begin()
    pass(ms)
    ended()
  }
  return { pace, pass }
}

describe('how long a receipt will wait', () => {
  it('is nothing while no commit is under way, whatever the last ones took', () => {
    expect(paceOf().pace.waitMs(1)).toBe(0)
    expect(paceOf(900, 900, 900).pace.waitMs(1)).toBe(0)
  })

  it('is what is left of the one under way, and what those take that are needed', () => {
    const { pace, pass } = paceOf(10, 10, 10)
    pace.begin()
    expect(pace.waitMs(1)).toBe(20)
    pass(4)
    expect(pace.waitMs(1)).toBe(16)
    expect(pace.waitMs(3)).toBe(36)
  })

  it('grows with one that does not end', () => {
    const { pace, pass } = paceOf(10)
    pace.begin()
    pass(300)
    expect(pace.waitMs(1)).toBe(310)
  })

  it('does not go by one that was slow by chance, but by what is slow now', () => {
    const { pace } = paceOf(10, 10, 500, 10, 10)
    pace.begin()
    expect(pace.waitMs(1)).toBe(20)
    const slow = paceOf(10, 10, 500, 500, 500).pace
    slow.begin()
    expect(slow.waitMs(1)).toBe(1_000)
  })

  it('forgets how slow it was', () => {
    const { pace } = paceOf(500, 500, 500, 500, 10, 10, 10)
    pace.begin()
    expect(pace.waitMs(1)).toBe(20)
  })

  it('goes by the latest of several at once: one that hangs holds up nobody else', () => {
    const { pace, pass } = paceOf(10, 10, 10)
    pace.begin()
    pass(1_000)
    pace.begin()
    expect(pace.waitMs(1)).toBe(20)
  })
})
