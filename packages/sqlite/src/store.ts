import type { InboxEngine } from '@kyc-webhooks/core'
import type Database from 'better-sqlite3'
import { claimer } from './claimer.ts'
import { connect, loadDriver } from './connection.ts'
import { discarder } from './discarder.ts'
import { StoreError, toOpenError } from './failure.ts'
import { looks } from './looks.ts'
import { purger } from './purger.ts'
import { recorder } from './recorder.ts'
import { RunnerLocks } from './runner-locks.ts'
import { settler } from './settler.ts'
import { sql } from './sql.ts'

/** The calls of the port that need an open store. */
export type StoreMethod = Exclude<keyof InboxEngine, 'name' | 'durable' | 'open'>

/** The same calls, made at once by the thread that owns the connection. They throw what SQLite throws. */
export type Store = {
  [Method in StoreMethod]: (
    ...args: Parameters<InboxEngine[Method]>
  ) => Awaited<ReturnType<InboxEngine[Method]>>
}

/** Loads the driver and opens the store. Rejects with a `StoreError`, and leaves nothing open. */
export async function openStore(file: string): Promise<Store> {
  let db: Database.Database | undefined
  try {
    const driver = await loadDriver()
    db = connect(driver, file)
    return createStore(db, new RunnerLocks(driver, file))
  } catch (error) {
    db?.close()
    throw toOpenError(file, error)
  }
}

function createStore(db: Database.Database, locks: RunnerLocks): Store {
  const receive = recorder(db)
  const settle = settler(db)
  const claim = claimer(db)
  const countCrashes = db.prepare(sql.countCrashes)
  const head = db.prepare<[string, string], number>(sql.head).pluck()
  const retry = db.prepare(sql.retry)

  const commit = db.transaction<Store['commit']>((receipts, settlements) => {
    for (const settlement of settlements) settle(settlement)
    return receipts.map(receive)
  })
  const retryAll = db.transaction<Store['retry']>((seqs, now) =>
    seqs.reduce((count, seq) => count + retry.run(now, seq).changes, 0),
  )

  return {
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

    release: (receiver) => locks.drop(receiver),

    claim(request) {
      if (locks.has(request.receiver)) return claim(request)
      throw new StoreError('inbox-unavailable', 'the right to run these events is not held: acquire it')
    },

    head: (receiver, subject) => head.get(receiver, subject),
    purge: purger(db),
    ...looks(db),
    retry: (seqs, now) => retryAll.immediate(seqs, now),
    discard: discarder(db),

    close() {
      locks.dropAll()
      db.close()
    },
  }
}
