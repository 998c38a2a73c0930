import { type Providers, providers } from '@kyc-webhooks/example-harness'
import type { SimulatorOptions } from '@kyc-webhooks/simulator'

/** From the first attempt to the last, in milliseconds. The documented waits come to hours, minutes and half a minute. */
const LAST_ATTEMPT_MS = 15_000

/** The three providers with the retries that they document, each with its waits shortened alike. */
export function hastyProviders(url: string, options: Pick<SimulatorOptions, 'timeLimitMs'>): Providers {
  const documented = providers(url)
  const hasty = (name: keyof Providers) => {
    const total = documented[name].retrySchedule.reduce((sum, wait) => sum + wait)
    return providers(url, { ...options, timeScale: LAST_ATTEMPT_MS / total })[name]
  }
  return { press: hasty('press'), uip: hasty('uip'), advanceAi: hasty('advanceAi') }
}
