import type { InboxEngine } from '@kyc-webhooks/core'
import { claimer } from './claim.ts'
import { connect, loadDriver } from './connection.ts'
import { StoreError } from './failure.ts'
import { looks } from './look.ts'
import { purger } from './purge.ts'
import { receiver } from './receive.ts'
import { RunnerLocks } from './runner-lock.ts'
import { settler } from './settle.ts'
import { sql } from './sql.ts'

/** The calls of the port that need an open store. */
export type StoreMethod = Exclude<keyof InboxEngine, 'name' | 'durable' | 'open'>

/** The same calls, made at once by the thread that owns the connection. They throw what SQLite throws. */
export type Store = {
  [Method in StoreMethod]: (
    ...args: Parameters<InboxEngine[Method]>
  ) => Awaited<ReturnType<InboxEngine[Method]>>
}

/** Loads the driver and opens the store. Rejects with a `StoreError`. */
export async function openStore(file: string): Promise<Store> {
  const driver = await loadDriver()
  const db = connect(driver, file)
  const locks = new RunnerLocks(driver, file)

  const receive = receiver(db)
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

    close() {
      locks.dropAll()
      db.close()
    },
  }
}
