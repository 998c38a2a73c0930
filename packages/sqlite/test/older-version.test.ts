import { claim, record } from '@kyc-webhooks/testing'
import Database from 'better-sqlite3'
import { expect, onTestFinished, test } from 'vitest'
import { headKey } from '../src/head-key.ts'
import { APPLICATION_ID, MIGRATIONS } from '../src/schema.ts'
import { openEngine, temporaryFile } from './support/stores.ts'

/** An inbox as this version left it, still open in its process, and what records there as the first version did. */
function olderProcess(file: string, version: number): (id: string) => void {
  const db = new Database(file)
  onTestFinished(() => void db.close())
  db.function('head_key', { deterministic: true, directOnly: true }, headKey)
  db.pragma('journal_mode = WAL')
  for (const migration of MIGRATIONS.slice(0, version)) db.exec(migration)
  db.pragma(`application_id = ${APPLICATION_ID}`)
  db.pragma(`user_version = ${version}`)
  const addDelivery = db.prepare(
    `INSERT INTO delivery (received_at, body, headers, context) VALUES (1, x'00', '{}', ?)`,
  )
  const addEvent = db.prepare(
    `INSERT INTO event (delivery, receiver, type, json, due_at) VALUES (?, 'press', 'kyc.completed', '{}', 1)`,
  )
  return db.transaction((id: string) => {
    addEvent.run(addDelivery.run(JSON.stringify({ id, receivedAt: '' })).lastInsertRowid)
  }).immediate
}

const versions = Array.from({ length: MIGRATIONS.length - 1 }, (_, index) => index + 1)

test.each(versions)(
  'an inbox of version %i is brought up to date with what is in it, while its older process goes on',
  async (version) => {
    const file = temporaryFile()
    const recordAsBefore = olderProcess(file, version)
    recordAsBefore('before')
    const engine = await openEngine(file)
    recordAsBefore('meanwhile')
    expect(await record(engine, 'after')).toBe('recorded')
    const { claims } = await claim(engine)
    expect(claims.map(({ context }) => context.id)).toEqual(['before', 'meanwhile', 'after'])
    const look = new Database(file, { readonly: true })
    expect(look.pragma('user_version', { simple: true })).toBe(MIGRATIONS.length)
    expect(look.pragma('integrity_check', { simple: true })).toBe('ok')
    look.close()
  },
)
