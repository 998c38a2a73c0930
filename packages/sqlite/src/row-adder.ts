import type { MovedDelivery, MovedRows } from '@kyc-webhooks/core'
import type Database from 'better-sqlite3'
import { moveSql } from './move-sql.ts'

/** Returns what puts rows that have moved into the tables, under their own numbers. To be called within a transaction. */
export function rowAdder(db: Database.Database): (rows: MovedRows) => void {
  const addKey = db.prepare(moveSql.addKey)
  const addNonce = db.prepare(moveSql.addNonce)
  const addHead = db.prepare(moveSql.addHead)
  const addDelivery = db.prepare(moveSql.addDelivery)
  const addEvent = db.prepare(moveSql.addEvent)
  const addQuarantined = db.prepare(moveSql.addQuarantined)

  function add({ receivedAt, body, headers, context, events }: MovedDelivery): void {
    const texts = [JSON.stringify(headers), JSON.stringify(context)]
    const { lastInsertRowid: delivery } = addDelivery.run(receivedAt, body, ...texts)
    for (const { seq, receiver, type, json, unsigned, subject, state, ...event } of events) {
      const { dueAt, attempts, crashes, error = null, purgeAt = null } = event
      const names = unsigned.length === 0 ? null : JSON.stringify(unsigned)
      const what = [delivery, seq, receiver, type, json, names, subject === undefined ? null : bytes(subject)]
      addEvent.run(...what, state, dueAt, attempts, crashes, error, purgeAt)
    }
  }

  return ({ keys = [], nonces = [], heads = [], deliveries = [], quarantined = [] }) => {
    for (const { key, digest, expiresAt } of keys) addKey.run(bytes(key), bytes(digest), expiresAt)
    for (const { key, usedBy, expiresAt } of nonces) {
      addNonce.run(bytes(key), usedBy === undefined ? null : bytes(usedBy), expiresAt)
    }
    for (const { key, time } of heads) addHead.run(bytes(key), time)
    for (const delivery of deliveries) add(delivery)
    for (const { seq, receiver, digest, reason, firstAt, lastAt, count, body, ...row } of quarantined) {
      const texts = [JSON.stringify(row.headers), JSON.stringify(row.context)]
      addQuarantined.run(seq, receiver, bytes(digest), reason, firstAt, lastAt, count, body, ...texts)
    }
  }
}

const bytes = (digits: string): Buffer => Buffer.from(digits, 'hex')
