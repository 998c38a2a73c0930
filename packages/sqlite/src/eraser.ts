import type { ErasedRows, EraseRequest, EventState } from '@kyc-webhooks/core'
import type Database from 'better-sqlite3'
import { sql } from './sql.ts'

interface About {
  seq: number
  delivery: number
  receiver: string
  state: EventState
}

/** Returns what deletes what is kept of one subject, in one transaction. */
export function eraser(db: Database.Database): (request: EraseRequest) => ErasedRows {
  const about = db.prepare<[{ subject: Buffer; receiver: string | null }], About>(sql.aboutSubject)
  const eraseEvent = db.prepare(sql.purgeEvent)
  const purgeDelivery = db.prepare(sql.purgeDelivery)
  const blankDelivery = db.prepare(sql.blankDelivery)
  const forgetHead = db.prepare(sql.forgetHead)
  const unquarantine = db.prepare(sql.unquarantine)

  const erase = db.transaction((request: EraseRequest): ErasedRows => {
    const { subjects, receiver = null, waiting = false, heads = [], quarantined = [] } = request
    const own = subjects.filter(Boolean).flatMap((subject) => about.all({ subject: hex(subject), receiver }))
    const states: readonly EventState[] = waiting ? ['done', 'dead', 'waiting'] : ['done', 'dead']
    const gone = own.filter(({ state }) => states.includes(state))
    for (const { seq } of gone) eraseEvent.run(seq)
    const deliveries = [...new Set(gone.map(({ delivery }) => delivery))]
    const left = deliveries.filter((seq) => purgeDelivery.run({ seq }).changes === 0)
    const leftIn = (state: EventState) => own.filter((event) => event.state === state).length
    return {
      events: gone.length,
      bodies: left.reduce((count, seq) => count + blankDelivery.run(seq).changes, 0),
      heads: heads.reduce((count, key) => count + forgetHead.run(hex(key)).changes, 0),
      quarantined: quarantined.reduce((count, seq) => count + unquarantine.run(seq).changes, 0),
      waiting: waiting ? 0 : leftIn('waiting'),
      running: leftIn('running'),
      receivers: [...new Set(own.map(({ receiver }) => receiver))],
    }
  })

  return (request) => erase.immediate(request)
}

const hex = (digits: string): Buffer => Buffer.from(digits, 'hex')
