import { expect, test } from 'vitest'
import { FAULT_POINTS } from '../src/fault-points.ts'
import { killServers } from '../src/kills.ts'
import { emptyDatabase } from './support/empty-database.ts'

/** More: `KILLS=200 npx vitest run test/kills.test.ts`. */
const { KILLS = String(FAULT_POINTS.length) } = process.env
const kills = Number(KILLS)
const timeout = 60_000 + 20_000 * kills

test(`${kills} kills between any two steps on SQLite: nothing that was acknowledged is lost`, {
  timeout,
}, async () => {
  const account = await killServers({ kills, seed: 1 })
  console.log('SQLite', account)
  expect(account.lost).toBe(0)
  expect(account.acknowledged).toBeGreaterThan(2 * kills)
  expect(Object.keys(account.kills)).toEqual(FAULT_POINTS)
})

test(`${kills} kills between any two steps on Postgres: nothing that was acknowledged is lost`, {
  timeout,
}, async () => {
  const account = await killServers({ kills, seed: 2, place: await emptyDatabase() })
  console.log('Postgres', account)
  expect(account.lost).toBe(0)
  expect(account.acknowledged).toBeGreaterThan(2 * kills)
  expect(Object.keys(account.kills)).toEqual(FAULT_POINTS)
})

test('the account can come out otherwise: an inbox that forgets loses events', { timeout }, async () => {
  const account = await killServers({ kills: 3, seed: 3, place: 'memory', points: ['before handler'] })
  expect(account.lost).toBeGreaterThan(0)
})
