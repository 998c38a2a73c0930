import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { moveSql } from '../src/move-sql.ts'
import { migrate } from '../src/schema.ts'
import { sql } from '../src/sql.ts'

const db = new Database(':memory:')
migrate(db)

/** How SQLite would carry a statement out. */
function plan(statement: string): string[] {
  const positional = Array.from(statement.matchAll(/\?/g), () => 1)
  const named = Object.fromEntries(Array.from(statement.matchAll(/:(\w+)/g), ([, name]) => [name, 1]))
  const explained = db.prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${statement}`)
  return explained.all(positional.length > 0 ? positional : named).map(({ detail }) => detail)
}

/** Counting rows is reading all of them; to see whether there is any, one is enough. */
const { counts, isEmpty, ...moving } = moveSql

test.each(Object.entries({ ...sql, ...moving }))(
  '%s reads no table from end to end and sorts nothing',
  (_, statement) => {
    const steps = plan(statement)
    const costly = steps.filter((step) =>
      /^SCAN (seen|nonce|delivery|event|quarantine|unverified|head)\b(?!.*COVERING INDEX)|TEMP B-TREE/.test(
        step,
      ),
    )
    expect(costly).toEqual([])
  },
)

test('what is due is found by its index', () => {
  expect(plan(sql.dueEvents)[0]).toContain('event_due (receiver=? AND due_at<?)')
  expect(plan(sql.dueSuspect)[0]).toContain('event_suspect (receiver=? AND due_at<?)')
  expect(plan(sql.purgeable)).toEqual([expect.stringContaining('event_purge (purge_at<?)')])
})
