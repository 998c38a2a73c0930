import { type InboxEngine, KycWebhookError } from '@kyc-webhooks/core'
import type { Chance } from './chance.ts'
import { never, sleep } from './virtual-time.ts'

/** What befalls calls of the engine, for now. Chances and milliseconds. */
export interface Weather {
  fails: number
  isSlow: number
  hangs: number
  /** All calls fail. */
  isOut: boolean
}

export const FAIR: Weather = { fails: 0, isSlow: 0, hangs: 0, isOut: false }

/** Calls that may be late: beyond the budget of any provider but ADVANCE.AI. */
const SLOW_MS = 6_000

interface Exposure {
  chance: Chance
  weather: () => Weather
  isAlive: () => boolean
  onFault: (what: string) => void
  onHang: () => void
  /** A moment between two steps: whoever makes the call may die in it. */
  moment: () => void
}

/** An engine whose calls take time, fail before or after they are carried out, or are never answered. */
export function exposed(
  engine: InboxEngine,
  { chance, weather, isAlive, onFault, onHang, moment }: Exposure,
): InboxEngine {
  async function call(method: string, carryOut: () => Promise<unknown>): Promise<unknown> {
    if (!isAlive()) return never()
    const { fails, isSlow, hangs, isOut } = weather()
    await way(isSlow)
    moment()
    if (!isAlive()) {
      // What had left may arrive all the same: its caller is dead, the server is not.
      if (method === 'commit' && chance.of(0.5)) void carryOut().catch(() => {})
      return never()
    }
    if (isOut || chance.of(fails / 2)) return fault(`${method} fails`)
    if (chance.of(hangs / 2)) return hang(`${method} hangs`)
    const result = await carryOut()
    await way(isSlow)
    moment()
    if (!isAlive()) return never()
    if (chance.of(fails / 2)) return fault(`${method} is carried out, its answer lost`)
    if (chance.of(hangs / 2)) return hang(`${method} is carried out and never answered`)
    return result
  }
  function fault(what: string): never {
    onFault(what)
    throw chance.of(0.8) ? new KycWebhookError('inbox-unavailable', 'injected') : new TypeError('injected')
  }
  function hang(what: string): Promise<never> {
    onFault(what)
    onHang()
    return never()
  }
  async function way(isSlow: number): Promise<void> {
    if (chance.of(isSlow)) await sleep(chance.oneOf([chance.between(0, 300), chance.between(300, SLOW_MS)]))
    else if (chance.of(0.5)) await sleep(chance.between(0, 20))
  }

  const methods = ['open', 'commit', 'acquire', 'release', 'claim', 'head', 'purge', 'retry'] as const
  const around = methods.map((method) => {
    const carryOut = engine[method] as (...args: unknown[]) => Promise<unknown>
    return [method, (...args: unknown[]) => call(method, () => carryOut(...args))]
  })
  return { ...engine, ...Object.fromEntries(around) }
}
