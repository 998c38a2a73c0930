import { setTimeout as delay } from 'node:timers/promises'
import type { Kill, Member } from './member.ts'
import { pick, seededRandom } from './random.ts'

export interface ChaosOptions {
  seed: number
  /** From one kill to the next, on average, in milliseconds. 0: none. */
  everyMs: number
  /** Told of each kill. */
  onKill: (kill: Kill) => void
}

/** Kills of members, at random. */
export interface Chaos {
  /** Those so far. */
  readonly kills: readonly Kill[]
  /** Kills no more. Resolves when all members run again; rejects when one did not start. */
  stop(): Promise<void>
}

/** Kills one member after the other, each time any of them, and starts it again at once, whoever else is still starting. */
export function startChaos(members: readonly Member[], { seed, everyMs, onKill }: ChaosOptions): Chaos {
  const random = seededRandom(seed, 'kills')
  const stopping = new AbortController()
  const kills: Kill[] = []
  /** From half to one and a half of the average. */
  const pause = () =>
    delay((0.5 + random()) * everyMs, undefined, { signal: stopping.signal }).catch(() => {})

  async function run(): Promise<void> {
    const starts: Promise<void>[] = []
    await pause()
    while (!stopping.signal.aborted) {
      const member = pick(members, random)
      const kill = await member.kill()
      kills.push(kill)
      onKill(kill)
      const start = member.start()
      // Heard below.
      start.catch(() => {})
      starts.push(start)
      await pause()
    }
    await Promise.all(starts)
  }

  const done = everyMs > 0 ? run() : Promise.resolve()
  // Heard when it is stopped.
  done.catch(() => {})
  return {
    kills,
    stop() {
      stopping.abort()
      return done
    },
  }
}
