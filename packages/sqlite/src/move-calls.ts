import { randomUUID } from 'node:crypto'
import type { Departure, Move, MoveCounts, MovedRows } from '@kyc-webhooks/core'
import type Database from 'better-sqlite3'
import { StoreError } from './failure.ts'
import { moveSql } from './move-sql.ts'
import { movedRows } from './moved-rows.ts'
import { rowAdder } from './row-adder.ts'
import type { RunnerLocks } from './runner-locks.ts'
import { sql } from './sql.ts'

/**
 * The steps of a move, for a connection of its own: `depart` and `arrive` begin a transaction, `leave` and `stay` commit it. When
 * the connection is closed before that, nothing has happened.
 */
export interface MoveCalls {
  /** Throws when the inbox was moved away, or a move into it is not finished. */
  checkOpen(): void
  /** Takes the inbox for itself. `left`: it was handed over before. */
  depart(to: string): { left: Departure } | { leaving: Omit<Move, 'from' | 'rows'> }
  nextRows(): MovedRows | undefined
  /** Closes the inbox for good. */
  leave(departure: Departure): void
  /** Takes the inbox for itself, and empties it of what an earlier try has left. */
  arrive(origin: string): void
  addRows(rows: MovedRows): void
  /** The rows stay, and the inbox is closed until `moveIn`. */
  stay(move: Omit<Move, 'rows'>): void
  moveIn(departure: Departure): MoveCounts
}

interface MoveRow {
  origin: string
  id: string
  state: 'leaving' | 'left' | 'arriving' | 'arrived'
  place: string
}

/** How long others' transactions are waited for, in milliseconds: whoever records gives way soon, and nobody waits for this. */
const BUSY_TIMEOUT_MS = 5_000
const TABLES = ['event', 'delivery', 'seen', 'nonce', 'quarantine', 'head']

export function moveCalls(db: Database.Database, locks: RunnerLocks): MoveCalls {
  let rows: Iterator<MovedRows> | undefined
  let add: ((rows: MovedRows) => void) | undefined

  function checkOpen(): void {
    const closed = db.prepare<[], MoveRow>(moveSql.closed).get()
    if (closed?.state === 'left') throw new StoreError('inbox-moved', `to ${closed.place}`)
    if (closed) throw new StoreError('inbox-moving', `from ${closed.place}; move it again`)
  }

  /** The source's own name for itself. Durable before anything is in a target, so that a second try is known there. */
  const intend = db.transaction((to: string): void => {
    if (own() !== undefined) return
    checkOpen()
    db.prepare(moveSql.intend).run(randomUUID(), to)
  })

  const own = () => db.prepare<[], MoveRow>(moveSql.own).get()

  const bePatient = (): void => void db.pragma(`busy_timeout = ${BUSY_TIMEOUT_MS}`)

  function begin(): void {
    bePatient()
    db.exec('BEGIN IMMEDIATE')
  }

  const lastSeq = (table: string) => db.prepare<[string], number>(moveSql.lastSeq).pluck().get(table) ?? 0

  function raiseSeq(table: string, seq: number): void {
    const { changes } = db.prepare(moveSql.raiseSeq).run(seq, table)
    if (changes === 0) db.prepare(moveSql.addSeq).run(seq, table)
  }

  return {
    checkOpen,

    depart(to) {
      bePatient()
      intend.immediate(to)
      begin()
      const { origin, id, state, place } = own() as MoveRow
      if (state === 'left') return { left: { id, to: place } }
      const held = locks.takeAll()
      if (held !== undefined) {
        throw new StoreError('inbox-in-use', `a process that runs events has locked ${held}: stop it first`)
      }
      rows = movedRows(db)
      const counts = db.prepare<[], MoveCounts>(moveSql.counts).get() as MoveCounts
      const last = { event: lastSeq('event'), quarantine: lastSeq('quarantine') }
      const seal = db.prepare<[], string>(sql.seal).pluck().get()
      return { leaving: { id: randomUUID(), origin, seal, lastSeq: last, counts } }
    },

    nextRows: () => rows?.next().value,

    leave({ id, to }) {
      db.prepare(moveSql.leave).run(id, to)
      db.exec('COMMIT')
    },

    arrive(origin) {
      begin()
      if (db.prepare(moveSql.isSameSource).get(origin) !== undefined) {
        db.prepare(moveSql.forget).run()
        for (const table of TABLES) db.prepare(`DELETE FROM ${table}`).run()
      }
      checkOpen()
      if (db.prepare(moveSql.isEmpty).pluck().get() !== 1) {
        throw new StoreError('inbox-not-empty', 'choose a new one')
      }
      add = rowAdder(db)
    },

    addRows: (some) => add?.(some),

    stay({ origin, id, from, counts, seal, lastSeq: { event, quarantine } }) {
      db.prepare(moveSql.forgetSeal).run()
      if (seal !== undefined) db.prepare(sql.setSeal).run(seal)
      raiseSeq('event', event)
      raiseSeq('quarantine', quarantine)
      db.prepare(moveSql.arrive).run(origin, id, from, JSON.stringify(counts))
      db.exec('COMMIT')
    },

    moveIn({ id, to }) {
      bePatient()
      const counts = db.prepare<[string], string>(moveSql.moveIn).pluck().get(id)
      if (counts === undefined) throw new StoreError('inbox-moved', `to ${to}, and not to this one`)
      return JSON.parse(counts)
    },
  }
}
