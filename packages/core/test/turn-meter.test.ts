import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { TurnMeter } from '../src/turn-meter.ts'

function busy(ms: number): void {
  const until = performance.now() + ms
  while (performance.now() < until);
}

/** A turn of the event loop that takes so long after a delivery has come. */
async function turn(meter: TurnMeter, ms: number): Promise<void> {
  meter.delivered()
  busy(ms)
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

  it('is two turns also for the turn under way: where deliveries come faster than they are taken, it may not end', async () => {
    const meter = new TurnMeter()
    meter.delivered()
    expect(meter.lagMs()).toBeLessThan(50)
    busy(60)
    expect(meter.lagMs()).toBeGreaterThanOrEqual(120)
    await nextTurn()
    expect(meter.lagMs()).toBeLessThan(50)
  })
})
