import Database from 'better-sqlite3'
import { beforeEach, expect, test } from 'vitest'
import { together } from '../src/together.ts'

let db: Database.Database
let make: ReturnType<typeof together>

beforeEach(() => {
  db = new Database(':memory:')
  db.exec('CREATE TABLE row (name TEXT UNIQUE) STRICT')
  make = together(db)
})

const add = (name: string) =>
  db.transaction(() => {
    db.prepare('INSERT INTO row VALUES (?)').run(name)
    return name
  })
const rows = () => db.prepare('SELECT name FROM row ORDER BY name').pluck().all()
const failed = (cause: string) => ({ failure: expect.objectContaining({ cause }) })

test('calls share a transaction, and each has its result', () => {
  const isInTransaction = () => db.inTransaction
  expect(make([add('a'), isInTransaction, add('b')])).toEqual([
    { value: 'a' },
    { value: true },
    { value: 'b' },
  ])
  expect([rows(), db.inTransaction]).toEqual([['a', 'b'], false])
})

test('one that fails undoes what it wrote, and nothing of the others', () => {
  const halfway = db.transaction(() => add('c')() && add('a')())
  expect(make([add('a'), halfway, add('b')])).toEqual([
    { value: 'a' },
    failed('SQLITE_CONSTRAINT_UNIQUE'),
    { value: 'b' },
  ])
  expect(rows()).toEqual(['a', 'b'])
})

test('when one ends the transaction all have failed, and none is made after it', () => {
  const full = () => {
    db.exec('ROLLBACK')
    throw Object.assign(new Error('disk full'), { code: 'SQLITE_FULL' })
  }
  expect(make([add('a'), full, add('b')])).toEqual(Array(3).fill(failed('SQLITE_FULL')))
  expect([rows(), db.inTransaction]).toEqual([[], false])
})

test('when it cannot be committed all have failed', () => {
  db.exec('CREATE TABLE other (name TEXT REFERENCES row (name) DEFERRABLE INITIALLY DEFERRED)')
  db.pragma('foreign_keys = ON')
  const dangling = () => db.prepare('INSERT INTO other VALUES (?)').run('nobody')
  expect(make([add('a'), dangling])).toEqual(Array(2).fill(failed('SQLITE_CONSTRAINT_FOREIGNKEY')))
  expect(rows()).toEqual([])
})
