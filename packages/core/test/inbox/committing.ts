import { vi } from 'vitest'
import { GroupCommit, type GroupCommitLimits } from '../../src/inbox/group-commit.ts'
import type { Outcome, Receipt, Settlement } from '../../src/inbox/port.ts'
import { type Around, engineWith, receiptOf, unavailable, type WatchedEngine } from './support.ts'

export interface Committing {
  engine: WatchedEngine
  commits: GroupCommit
  record: (name: string, over?: Partial<Receipt>) => Promise<Outcome>
  recordAll: (names: readonly string[]) => Promise<Outcome[]>
  /** The receivers that were told of a recorded receipt. */
  recorded: string[]
}

/** A commit that waits to be let through. */
export interface Gate {
  receipts: readonly Receipt[]
  settlements: readonly Settlement[]
  open: () => void
  /** Nothing is written. */
  fail: () => void
}

export interface Gates {
  /** Those that have begun. */
  gates: readonly Gate[]
  /** Resolves to the how-many-th, counted from 1, when it has begun. */
  begun: (commit: number) => Promise<Gate>
}

const plenty: GroupCommitLimits = { maxQueued: 1_000_000, maxQueuedBytes: 1_000_000_000 }

export function committing(
  around?: Around,
  limits: GroupCommitLimits = plenty,
  parallelCommits = 1,
): Committing {
  const engine = engineWith(around)
  const recorded: string[] = []
  const store = { commit: engine.commit, parallelCommits }
  const commits = new GroupCommit(store, limits, (receiver) => recorded.push(receiver))
  const record = (name: string, over?: Partial<Receipt>) => commits.record(receiptOf(name, over))
  const recordAll = (names: readonly string[]) => Promise.all(names.map((name) => record(name)))
  return { engine, commits, record, recordAll, recorded }
}

/** Commits that wait until they are let through, one by one. */
export function gated(limits?: GroupCommitLimits, parallelCommits?: number): Committing & Gates {
  const gates: Gate[] = []
  const around: Around = async ({ args }, carryOut) => {
    const { promise, resolve: open, reject } = Promise.withResolvers<void>()
    const [receipts, settlements] = args as [Receipt[], Settlement[]]
    gates.push({ receipts, settlements, open, fail: () => reject(unavailable()) })
    await promise
    return carryOut()
  }
  const begun = (commit: number) => vi.waitUntil(() => gates[commit - 1], { interval: 1 })
  return { gates, begun, ...committing(around, limits, parallelCommits) }
}

export const settlement = (seq: number): Settlement => ({ seq, attempt: 1, result: 'done', at: 0 })
export const names = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `delivery ${index}`)
