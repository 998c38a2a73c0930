import type { Logger } from '../logger.ts'
import type { Work, Worker } from './inbox.ts'
import type { Settlement } from './port.ts'
import type { ClaimGuard } from './sealing/store-guard.ts'

/** A worker as the inbox knows it. */
export interface RunningWorker extends Worker {
  readonly work: Work
  readonly logger: Logger
  /** Looks for work now: events were recorded, or dead letters are to be tried again. */
  wake(): void
}

/** What the inbox does for a worker. */
export interface WorkerHooks {
  /** Opens the store if it is not. Rejects with `inbox-unavailable` when it cannot be. */
  opened(): Promise<void>
  /** Records a result, together with the receipts of the moment. Rejects with `inbox-unavailable`. */
  settle(settlement: Settlement): Promise<void>
  readonly guard: ClaimGuard
  /** To be called when the worker has stopped: another one may take its place. */
  onStopped(): void
}

export type StartWorker = (work: Work, hooks: WorkerHooks) => RunningWorker
