import { subscribe } from 'node:diagnostics_channel'
import type { StepMessage } from '@kyc-webhooks/core'

interface Sum {
  count: number
  ms: number
}

/** Adds up what our receiver publishes of its steps. */
export class StepTimes {
  readonly #sums = new Map<string, Sum>()

  async begin(): Promise<void> {
    // Loaded late: other rivals do without it.
    const { STEPS } = await import('@kyc-webhooks/core')
    for (const step of STEPS) {
      const sum = { count: 0, ms: 0 }
      this.#sums.set(step, sum)
      subscribe(`kyc-webhooks:${step}`, (message) => {
        sum.count++
        sum.ms += (message as StepMessage).durationMs
      })
    }
  }

  /** In the order of a delivery's way. */
  end(): Record<string, Sum> {
    return Object.fromEntries(this.#sums)
  }
}
