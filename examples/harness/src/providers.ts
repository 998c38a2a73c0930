import {
  advanceAiSimulator,
  pressSimulator,
  type Simulator,
  type SimulatorOptions,
  uipSimulator,
} from '@kyc-webhooks/simulator'

/** Secrets of the form that each provider issues. For examples on this machine only. */
export const secrets: Record<'press' | 'uip' | 'advanceAi', string> = {
  press: 'whsec_for-examples-on-this-machine-only',
  uip: 'uip_whsec_for-examples-on-this-machine-only',
  advanceAi: Buffer.from('for-examples-on-this-machine-only').toString('base64'),
}

/** ... as the examples take them from their environment. */
export const secretsEnvironment: Record<string, string> = {
  PRESS_WEBHOOK_SECRET: secrets.press,
  UIP_WEBHOOK_SECRET: secrets.uip,
  ADVANCE_AI_WEBHOOK_SECRET: secrets.advanceAi,
}

export interface Providers {
  press: Simulator
  uip: Simulator
  advanceAi: Simulator
}

/** The three providers, delivering to an example. */
export function providers(url: string, options: Omit<SimulatorOptions, 'url'> = {}): Providers {
  const to = (provider: string) => ({ ...options, url: `${url}/webhooks/${provider}` })
  return {
    press: pressSimulator({ ...to('press'), secret: secrets.press }),
    uip: uipSimulator({ ...to('uip'), secret: secrets.uip }),
    advanceAi: advanceAiSimulator({ ...to('advance-ai'), secret: secrets.advanceAi }),
  }
}
