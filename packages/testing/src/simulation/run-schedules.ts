import { type Account, add, emptyAccount } from './account.ts'
import { runSchedule, type ScheduleResult } from './run-schedule.ts'
import type { Sabotage } from './sabotage.ts'

export interface SchedulesOptions {
  /** How many. */
  schedules: number
  /** That of the first; the others follow. @default 1 */
  firstSeed?: number
  sabotage?: Sabotage
  /** Told after each schedule. */
  onSchedule?: (result: ScheduleResult, total: Account) => void
}

/** Runs schedules one after the other, up to the first that breaks a promise: that one is run again for its trace. */
export async function runSchedules({
  schedules,
  firstSeed = 1,
  sabotage = {},
  onSchedule,
}: SchedulesOptions): Promise<{ account: Account; failed: ScheduleResult | undefined }> {
  const account = emptyAccount()
  for (let seed = firstSeed; seed < firstSeed + schedules; seed++) {
    const result = await runSchedule(seed, { sabotage })
    add(account, result.account)
    onSchedule?.(result, account)
    if (result.broken.length > 0)
      return { account, failed: await runSchedule(seed, { sabotage, isTraced: true }) }
  }
  return { account, failed: undefined }
}

/** What went wrong in a schedule, and how to see it again. */
export function describe({ seed, plan, broken, trace }: ScheduleResult): string {
  return [`seed ${seed}`, ...broken, JSON.stringify(plan), ...trace].join('\n')
}
