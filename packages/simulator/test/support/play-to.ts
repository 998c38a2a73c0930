import {
  type PlayOptions,
  type PlayReport,
  type ProviderName,
  play,
  type SimulatorOptions,
  simulators,
} from '../../src/index.ts'
import type { Listener } from './listen.ts'
import { ADVANCE_AI_SECRET, PRESS_SECRET, UIP_SECRET } from './secrets.ts'

/** Of each provider, by its name. */
export const SECRETS: Readonly<Record<ProviderName, string>> = {
  press: PRESS_SECRET,
  uip: UIP_SECRET,
  'advance-ai': ADVANCE_AI_SECRET,
}
const patient = { timeScale: 0, timeLimitMs: 10_000 }

/** Plays a provider towards a server. Nothing waits to be sent again, and a busy machine is not too slow. */
export function playTo(
  { url }: Pick<Listener, 'url'>,
  options: PlayOptions,
  provider: ProviderName = 'uip',
  how: Omit<SimulatorOptions, 'url'> = {},
): Promise<PlayReport> {
  const { simulate, drafts } = simulators[provider]
  const simulator = simulate({ url, secret: SECRETS[provider], ...patient, ...how })
  return play(simulator, drafts({ seed: 1 }), options)
}
