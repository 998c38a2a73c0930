export type { Account } from './account.ts'
export { runSchedule, type ScheduleResult } from './run-schedule.ts'
export { describe, runSchedules, type SchedulesOptions } from './run-schedules.ts'
export type { Sabotage } from './sabotage.ts'
