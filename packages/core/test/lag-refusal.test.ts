import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { LagRefusal } from '../src/lag-refusal.ts'
import { Unverified } from '../src/unverified.ts'

/** A receiver with a budget of one second, whose inbox says how long it takes. */
function receiving() {
  const inbox = { ms: 0, waitMs: () => inbox.ms }
  const refusal = new LagRefusal(inbox, 1_000)
  const unverified = new Unverified({ deliveries: 1, bytes: 1_000_000 })
  /** How many of so many deliveries, that come at once, are taken. There is one place for all of them. */
  const taken = (deliveries: number): number => {
    let count = 0
    for (let n = 0; n < deliveries; n++) {
      const place = unverified.enter()
      try {
        refusal.check(place)
        count++
        place.leave()
      } catch (error) {
        expect(error).toMatchObject({ code: 'inbox-behind' })
      }
    }
    return count
  }
  return { inbox, taken }
}

describe('deliveries that come at once', () => {
  it('are all taken, however many, while they are answered in time', async () => {
    const { taken } = receiving()
    for (let turn = 0; turn < 3; turn++) {
      expect(taken(2_000)).toBe(2_000)
      await nextTurn()
    }
  })

  it('are refused when they would be answered too late, and taken again when not', async () => {
    const { inbox, taken } = receiving()
    inbox.ms = 1_001
    expect(taken(10)).toBe(0)
    inbox.ms = 0
    expect(taken(10)).toBe(10)
  })

  it('are taken in part once they were too many, until a turn brings few', async () => {
    const { inbox, taken } = receiving()
    inbox.ms = 1_001
    expect(taken(500)).toBe(0)
    await nextTurn()
    inbox.ms = 0
    for (let turn = 0; turn < 3; turn++) {
      expect(taken(500)).toBe(128)
      await nextTurn()
    }
    expect(taken(100)).toBe(100)
    await nextTurn()
    expect(taken(500)).toBe(500)
  })
})
