import { parseArgs } from 'node:util'
import { describe, runSchedules } from '@kyc-webhooks/testing/simulation'
import { killServers } from './kills.ts'

const HELP = `npm run prove -- [--schedules 10000] [--kills 200] [--seed 1] [--database postgres://...]

Runs so many simulated schedules, then kills real servers so often, at each point between two durable steps in turn, and
accounts for every event that was acknowledged. Ends with code 1 when one was lost, or another promise broken.
`

const { values } = parseArgs({
  options: {
    schedules: { type: 'string', default: '10000' },
    kills: { type: 'string', default: '200' },
    seed: { type: 'string', default: '1' },
    database: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})
const { database, help } = values
const [schedules, kills, seed] = [Number(values.schedules), Number(values.kills), Number(values.seed)]

/** A line that the next one takes the place of, where somebody watches. */
const progress = (line: string) => {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${line}`)
}

if (help) {
  console.log(HELP)
} else {
  const { account, failed } = await runSchedules({
    schedules,
    firstSeed: seed,
    onSchedule: (_, { schedules: done, lost }) => progress(`schedule ${done} of ${schedules}, ${lost} lost`),
  })
  progress('')
  console.log('simulated', account)
  if (failed) console.log(describe(failed))

  const killed = await killServers({
    ...{ kills, seed, place: database },
    onKill: (point, done) => progress(`kill ${done} of ${kills}: ${point}`),
  })
  progress('')
  console.log('killed', killed)
  if (failed !== undefined || killed.lost > 0) process.exitCode = 1
}
