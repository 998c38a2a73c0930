import type { Account } from './account.ts'
import { type Chance, chanceOf } from './chance.ts'
import { Fleet } from './fleet.ts'
import { Ledger } from './ledger.ts'
import { writeLetter } from './letters.ts'
import { drawPlan, type Plan } from './plan.ts'
import type { Sabotage } from './sabotage.ts'
import type { Scene } from './scene.ts'
import { Senders } from './senders.ts'
import { sleep, VirtualTime } from './virtual-time.ts'

/** One random course of events. */
export interface ScheduleResult {
  seed: number
  plan: Plan
  /** What must never happen, and did. Empty: all promises were kept. */
  broken: readonly string[]
  account: Account
  /** What happened, in order; empty unless asked for. */
  trace: readonly string[]
}

const HOUR_MS = 3_600_000
/** More virtual time than it takes to handle all that is left. */
const QUIET_MS = 120_000

/** So often a provider tries, one second apart, when nothing is wrong any more. */
const TRIES = 30

/** Runs the schedule of a seed: some time of trouble, then a calm in which all that was promised must come true. */
export async function runSchedule(
  seed: number,
  { sabotage = {}, isTraced = false }: { sabotage?: Sabotage; isTraced?: boolean } = {},
): Promise<ScheduleResult> {
  const time = new VirtualTime()
  try {
    const chance = chanceOf(seed)
    const plan = drawPlan(chance)
    const trace: string[] = []
    const ledger = new Ledger()
    let [isCalm, wallOffMs] = [false, 0]
    const scene: Scene = {
      ...{ plan, chance, ledger, sabotage },
      tell: isTraced ? (what) => void trace.push(`${time.elapsedMs} ms: ${what}`) : () => {},
      wallOffMs: () => wallOffMs,
      elapsedMs: () => time.elapsedMs,
      get isCalm() {
        return isCalm
      },
    }
    const fleet = new Fleet(scene)
    const senders = new Senders(scene, fleet)

    fleet.startAll()
    makeTrouble(plan, chance, { fleet, senders, time })
    await time.until(() => false, plan.lastsMs)

    scene.tell('calm')
    isCalm = true
    fleet.calm()
    await time.until(() => senders.isIdle, QUIET_MS)
    // A night passes: what is due by a clock that was ahead is due now.
    wallOffMs = HOUR_MS
    await redeliver(senders, ledger, time)
    await handleAll(fleet, time)
    ledger.close(plan.isMild)
    return { seed, plan, broken: ledger.broken, account: ledger.account, trace }
  } finally {
    time.end()
  }
}

/** Everything that the plan has in store, each at a moment of its own. */
function makeTrouble(
  plan: Plan,
  chance: Chance,
  { fleet, senders, time }: { fleet: Fleet; senders: Senders; time: VirtualTime },
): void {
  const anyTime = (does: () => unknown) =>
    void sleep(chance.between(0, plan.lastsMs)).then(async () => void (await does()))
  const times = (count: number, does: () => unknown) => {
    for (let index = 0; index < count; index++) anyTime(does)
  }
  for (let index = 0; index < plan.letters; index++) {
    const provider = chance.oneOf(plan.providers)
    const events = chance.between(1, 3)
    const letter = writeLetter(provider, `letter-${index}`, { events })
    const other = writeLetter(provider, letter.name, { events, says: 'another' })
    anyTime(() => {
      void senders.deliver(letter)
      // A provider that sends twice, at once or later, and one that says something else under the same id.
      if (chance.of(0.3)) void senders.deliver(letter)
      if (chance.of(0.2)) anyTime(() => senders.deliver(letter))
      if (chance.of(0.1)) anyTime(() => senders.deliver(other))
    })
    if (chance.of(0.1)) anyTime(() => senders.setAside(provider, `aside-${index}`))
    if (index < plan.forgeries)
      anyTime(() => senders.forge(provider, chance.of(0.5) ? letter.name : `forged-${index}`))
  }
  times(plan.replays, () => senders.replay())
  times(plan.kills, () => fleet.killOne())
  times(plan.restarts, () => fleet.restartOne())
  times(plan.outages, () => fleet.outage(chance.between(100, 3_000)))
  times(plan.clockJumps, () => fleet.setClock())
  times(plan.stalls, () => time.stall(chance.between(100, 3_000)))
}

/** What was not acknowledged comes again, freshly signed, and now must be, as soon as slow commits are over. */
async function redeliver(senders: Senders, ledger: Ledger, time: VirtualTime): Promise<void> {
  for (const letter of ledger.unacknowledged()) {
    let status: number | undefined
    for (let attempt = 7; status !== 200 && attempt < 7 + TRIES; attempt++) {
      status = await time.through(senders.deliverOnce(letter, attempt), QUIET_MS)
      if (status !== undefined && status < 500) break
      await time.until(() => false, 1_000)
    }
    if (status !== 200) ledger.broken.push(`P4: ${letter.name} came again, and was answered ${status}`)
  }
}

/** Until nothing is left to do. Whoever looks after the inbox gives fresh attempts to what ran out of them. */
async function handleAll(fleet: Fleet, time: VirtualTime): Promise<void> {
  const end = time.elapsedMs + QUIET_MS
  while (time.elapsedMs < end) {
    await fleet.retryDead()
    const { waiting, running } = await fleet.store.rows.stats()
    if (waiting + running === 0) return
    await time.until(() => false, 100)
  }
}
