import { errorName } from '../error-text.ts'
import type { Logger } from '../logger.ts'
import type { Attempt } from './attempt.ts'
import type { Work } from './inbox.ts'
import { pause } from './pause.ts'
import type { Settlement } from './port.ts'
import { whatFailed } from './what-failed.ts'

/** How long to wait after the engine failed, in milliseconds. */
export const FAULT_PAUSE_MS = 1_000

export interface CarryOutTools {
  work: Work
  logger: Logger
  settle(settlement: Settlement): Promise<void>
  /** Aborted when a result that cannot be recorded is given up. */
  graceOver: AbortSignal
}

/** Runs an attempt, records what it came to and tells the hooks. Resolves to the result; `undefined` when it could not be recorded. */
export async function carryOut(
  attempt: Attempt,
  { work, logger, settle, graceOver }: CarryOutTools,
): Promise<Settlement['result'] | undefined> {
  const { receiver, onAttempt, onDeadLetter } = work
  const startedAt = performance.now()
  const settlement = await attempt.run()
  const durationMs = performance.now() - startedAt
  void quietly(work, logger, 'onAttempt', () => onAttempt?.(durationMs, settlement.result))
  const isRecorded = await settleUntil(graceOver, settlement, { work, logger, settle })
  attempt.leave()
  if (!isRecorded) return undefined
  if (settlement.result === 'dead') {
    const { seq, attempt: attempts, crashes, json } = attempt.claim
    const letter = { seq, receiver, attempts, crashes, error: settlement.error ?? 'Error', json }
    void quietly(work, logger, 'onDeadLetter', () => onDeadLetter?.(letter))
  }
  return settlement.result
}

/** A result that cannot be recorded now is recorded later: forgotten, the handler would run once more than it must. */
async function settleUntil(
  graceOver: AbortSignal,
  settlement: Settlement,
  { work, logger, settle }: Omit<CarryOutTools, 'graceOver'>,
): Promise<boolean> {
  for (;;) {
    const isLastTry = graceOver.aborted
    try {
      await settle(settlement)
      return true
    } catch (error) {
      const { seq, result } = settlement
      logger.error(
        { receiver: work.receiver, seq, result, ...whatFailed(error) },
        'a result could not be recorded',
      )
      if (isLastTry) return false
      await pause(FAULT_PAUSE_MS, graceOver)
    }
  }
}

/** A hook that fails is its owner's trouble, not the event's. */
export async function quietly(
  { receiver }: Pick<Work, 'receiver'>,
  logger: Logger,
  what: string,
  call: () => unknown,
): Promise<void> {
  try {
    await call()
  } catch (error) {
    logger.error({ receiver, error: errorName(error) }, `${what} failed`)
  }
}
