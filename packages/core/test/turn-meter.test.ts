import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { TurnMeter } from '../src/turn-meter.ts'

/** A turn of the event loop that takes so long after a delivery has come. */
async function turn(meter: TurnMeter, ms: number): Promise<void> {
  meter.lagMs()
  const until = performance.now() + ms
  while (performance.now() < until);
  await nextTurn()
}

describe('what a delivery waits for the event loop', () => {
  it('is next to nothing when turns are short, also after a single long one', async () => {
    const meter = new TurnMeter()
    expect(meter.lagMs()).toBe(0)
    await turn(meter, 0)
    await turn(meter, 200)
    expect(meter.lagMs()).toBeLessThan(100)
  })

  it('is two turns when turns are long', async () => {
    const meter = new TurnMeter()
    await turn(meter, 60)
    await turn(meter, 50)
    expect(meter.lagMs()).toBeGreaterThanOrEqual(100)
  })
})
