import { subscribe } from 'node:diagnostics_channel'
import { STEPS, type StepMessage } from '@kyc-webhooks/core'

/** Adds up what our receiver publishes of its steps. */
export class StepTimes {
  #steps: Record<string, { count: number; ms: number }> = {}

  constructor() {
    for (const step of STEPS) {
      subscribe(`kyc-webhooks:${step}`, (message) => this.#add(step, message as StepMessage))
    }
  }

  begin(): void {
    this.#steps = {}
  }

  end(): Record<string, { count: number; ms: number }> {
    return this.#steps
  }

  #add(step: string, { durationMs }: StepMessage): void {
    this.#steps[step] ??= { count: 0, ms: 0 }
    this.#steps[step].count++
    this.#steps[step].ms += durationMs
  }
}
