/**
 * `@kyc-webhooks/core/engine`: what a package needs whose engine runs events by machinery of its own. For authors of
 * engines; an application has no use for it.
 */
export { errorName, printable } from './error-text.ts'
export { ANY_DIGEST, isOtherContent } from './inbox/any-digest.ts'
export { Attempt, type AttemptTools } from './inbox/attempt.ts'
export { type CarryOutTools, carryOut, FAULT_PAUSE_MS, quietly } from './inbox/carry-out.ts'
export { createInboxOn } from './inbox/create-inbox.ts'
export { headKey } from './inbox/head-key.ts'
export { asNow, decideOutcome, quarantineReason } from './inbox/memory-outcome.ts'
export { pause, waitAtMost } from './inbox/pause.ts'
export { keptMs } from './inbox/retention.ts'
export type { RunningWorker, StartWorker, WorkerHooks } from './inbox/running-worker.ts'
export { subjectHash } from './inbox/subject-hash.ts'
export type { Turn, Turns } from './inbox/turns.ts'
export { whatFailed } from './inbox/what-failed.ts'
export { guarded } from './logger.ts'
