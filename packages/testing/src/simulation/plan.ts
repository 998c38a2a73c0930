import type { Chance } from './chance.ts'
import type { ProviderName } from './letters.ts'

/** What a schedule is like, drawn from its seed before it begins. All times are in milliseconds. */
export interface Plan {
  /** Nothing dies, hangs for ever or is ended while the store fails: then each event is handled exactly once. */
  isMild: boolean
  providers: readonly ProviderName[]
  /** Processes at a time. */
  instances: number
  /** Deliveries are received by some processes and handled by others. */
  isSplit: boolean
  /** What providers have to tell. */
  letters: number
  /** For how long trouble is made. */
  lastsMs: number
  /** Chances that one call of the engine fails before or after it is carried out, is slow, or is never answered. */
  fails: number
  isSlow: number
  hangs: number
  /** Chances that a handler fails, or that one takes too long. */
  handlerFails: number
  handlerHangs: number
  /** Chance that the secrets cannot be had. */
  secretFails: number
  kills: number
  restarts: number
  /** Times at which all calls of all engines fail for a while. */
  outages: number
  clockJumps: number
  stalls: number
  /** Deliveries by somebody who knows no secret, and repetitions of what was caught on the way. */
  forgeries: number
  replays: number
  maxQueued: number
  concurrency: number
  keepHandledMs: number
}

export function drawPlan(chance: Chance): Plan {
  const isMild = chance.of(0.3)
  const isFaulty = chance.of(0.7)
  const some = (most: number) => chance.between(0, most)
  return {
    isMild,
    providers: chance.oneOf([
      ['press'],
      ['uip'],
      ['advance-ai'],
      ['press', 'advance-ai'],
      ['press', 'uip', 'advance-ai'],
    ] as ProviderName[][]),
    instances: chance.between(1, 3),
    isSplit: chance.of(0.25),
    letters: chance.between(3, 12),
    lastsMs: chance.between(1_000, 6_000),
    fails: isFaulty ? chance.oneOf([0, 0.02, 0.1, 0.3]) : 0,
    isSlow: chance.oneOf([0, 0.05, 0.3]),
    hangs: isMild ? 0 : chance.oneOf([0, 0, 0.01]),
    handlerFails: chance.oneOf([0, 0.1, 0.4]),
    handlerHangs: chance.oneOf([0, 0, 0.05]),
    secretFails: chance.oneOf([0, 0, 0.1]),
    kills: isMild ? 0 : chance.between(1, 4),
    restarts: isMild && isFaulty ? 0 : some(2),
    outages: isFaulty && !isMild ? some(1) : 0,
    clockJumps: isMild ? 0 : some(2),
    stalls: some(1),
    forgeries: some(4),
    replays: some(4),
    maxQueued: chance.oneOf([4_096, 4_096, 2]),
    concurrency: chance.oneOf([1, 3, 16]),
    keepHandledMs: chance.oneOf([604_800_000, 0]),
  }
}
