import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { withinBudget } from '../src/budget.ts'
import { eventually } from './support/eventually.ts'

const exceeded = expect.objectContaining({ code: 'budget-exceeded' })

/** Keeps the event loop from doing anything else. */
function block(ms: number): void {
  const until = performance.now() + ms
  while (performance.now() < until);
}

describe('withinBudget', () => {
  it('gives what the work gives, or throws what it throws', async () => {
    await expect(withinBudget(1_000, async () => 'done')).resolves.toBe('done')
    await expect(withinBudget(1_000, () => Promise.reject(new Error('own')))).rejects.toThrow('own')
  })

  it('does not wait longer than the budget', async () => {
    const startedAt = performance.now()
    await expect(withinBudget(30, () => new Promise(() => {}))).rejects.toEqual(exceeded)
    expect(performance.now() - startedAt).toBeLessThan(300)
  })

  it('leaves the work running', async () => {
    let done = false
    const work = async () => {
      await sleep(40)
      done = true
    }
    await expect(withinBudget(10, work)).rejects.toEqual(exceeded)
    await eventually(() => done).toBe(true)
  })

  it('a failure after the budget disturbs nobody', async () => {
    const work = async () => {
      await sleep(20)
      throw new Error('late')
    }
    await expect(withinBudget(5, work)).rejects.toEqual(exceeded)
    // An unhandled rejection would fail the run.
    await sleep(40)
  })

  it('is exceeded when the event loop stood still, although the work comes before the timer', async () => {
    const work = async () => {
      block(40)
      return 'done'
    }
    await expect(withinBudget(20, work)).rejects.toEqual(exceeded)
  })
})
