import type { InboxEngine, Movable, Outcome, Settlement } from '@kyc-webhooks/core'
import type Database from 'better-sqlite3'
import { claimer } from './claimer.ts'
import { connect, loadDriver } from './connection.ts'
import { discarder } from './discarder.ts'
import { StoreError, toOpenError } from './failure.ts'
import { guard } from './guard.ts'
import { looks } from './looks.ts'
import { type MoveCalls, moveCalls } from './move-calls.ts'
import { type PackedReceipts, unpackReceipts } from './packed-receipts.ts'
import { purger } from './purger.ts'
import { recorder } from './recorder.ts'
import { RunnerLocks } from './runner-locks.ts'
import { settler } from './settler.ts'
import { sql } from './sql.ts'
import { stillThere } from './still-there.ts'
import { type Result, together } from './together.ts'
import { unverified } from './unverified.ts'

/** The calls of the port that need an open store. */
type Engine = Required<InboxEngine>
type EngineMethod = Exclude<
  keyof Engine,
  'name' | 'durable' | 'parallelCommits' | 'open' | 'commit' | keyof Movable
>

/** The same calls, made at once by the thread that owns the connection, and the steps of a move. They throw what SQLite throws. */
export type Store = MoveCalls & {
  commit(receipts: PackedReceipts, settlements: readonly Settlement[]): Outcome[]
  /** Makes calls that write in one transaction. */
  together(calls: readonly (() => unknown)[]): Result[]
} & {
  [Method in EngineMethod]: (...args: Parameters<Engine[Method]>) => Awaited<ReturnType<Engine[Method]>>
}
export type StoreMethod = Exclude<keyof Store, 'together'>

/** Loads the driver and opens the store. Rejects with a `StoreError`, and leaves nothing open. */
export async function openStore(file: string, migrate: boolean): Promise<Store> {
  let db: Database.Database | undefined
  try {
    const driver = await loadDriver()
    db = connect(driver, file, migrate)
    return createStore(db, new RunnerLocks(driver, file), stillThere(file, logSaver(db)))
  } catch (error) {
    db?.close()
    throw toOpenError(file, error)
  }
}

/** Writes what is in the log into the file. */
const logSaver = (db: Database.Database) => (): void => void db.pragma('wal_checkpoint(PASSIVE)')

function createStore(db: Database.Database, locks: RunnerLocks, checkFile: () => void): Store {
  const receive = recorder(db)
  const settle = settler(db)
  const claim = claimer(db)
  const countCrashes = db.prepare(sql.countCrashes)
  const head = db.prepare<[Buffer], number>(sql.head).pluck()
  const retry = db.prepare(sql.retry)

  const commit = db.transaction<Store['commit']>((receipts, settlements) => {
    for (const settlement of settlements) settle(settlement)
    return unpackReceipts(receipts).map(receive)
  })
  const retryAll = db.transaction<Store['retry']>((seqs, now) =>
    seqs.reduce((count, seq) => count + retry.run(now, seq).changes, 0),
  )

  const calls: Omit<Store, 'together' | 'release' | 'close'> = {
    commit: (receipts, settlements) => commit.immediate(receipts, settlements),

    acquire(receiver, now) {
      if (locks.has(receiver)) return true
      if (!locks.take(receiver)) return false
      try {
        countCrashes.run(now, receiver)
        return true
      } catch (error) {
        locks.drop(receiver)
        throw error
      }
    },

    claim(request) {
      if (locks.has(request.receiver)) return claim(request)
      throw new StoreError('inbox-unavailable', 'the right to run these events is not held: acquire it')
    },

    head(keys) {
      const times = keys.flatMap((key) => head.get(Buffer.from(key, 'hex')) ?? [])
      return times.length === 0 ? undefined : Math.max(...times)
    },
    purge: purger(db),
    ...looks(db),
    retry: (seqs, now) => retryAll.immediate(seqs, now),
    discard: discarder(db),
    ...guard(db),
    ...unverified(db),
    ...moveCalls(db, locks),
  }
  return {
    ...checked(calls, checkFile),
    together: together(db),
    release: (receiver) => locks.drop(receiver),

    close() {
      locks.dropAll()
      db.close()
    },
  }
}

/** Each call looks first whether the files are there, not commits alone: claims and purges write too. */
function checked<Calls extends object>(calls: Calls, check: () => void): Calls {
  const wrapped = Object.entries(calls).map(([name, call]) => [
    name,
    (...args: unknown[]) => {
      check()
      return call(...args)
    },
  ])
  return Object.fromEntries(wrapped)
}
