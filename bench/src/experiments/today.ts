import { comparedTable } from '../report/compared-table.ts'
import type { Experiment } from '../report/section.ts'
import type { Entry } from '../run/bench.ts'
import { postgresDatabase } from '../run/postgres-database.ts'
import { startRedis } from '../run/redis.ts'

/** What people use, and what it leaves out of what ours does. */
interface Way extends Entry {
  leavesOut: string
}

const CEILING = 'node:http, HMAC alone'
const NO_HANDLING = 'conflicts, quarantine, a limit on the time of the reply, handling with retries'

/** What people write today, and the libraries that they use for it. */
export const today: Experiment = {
  name: 'today',
  title: 'What people write today',
  async run(bench) {
    const { settings } = bench
    const database = await postgresDatabase()
    const redis = await startRedis(settings.folder, false)
    const durable = await startRedis(settings.folder, true)
    try {
      const ways: Way[] = [
        ...without,
        ...(database
          ? [{ ...postgres, trial: { rival: 'express-pg', server: { postgresUrl: database.url } } }]
          : []),
        ...(redis
          ? [{ ...jobs, trial: { rival: 'express-bullmq', server: { redisPort: redis.port } } }]
          : []),
        ...(durable
          ? [{ ...syncedJobs, trial: { rival: 'express-bullmq', server: { redisPort: durable.port } } }]
          : []),
        { label: 'ours: Express, SQLite', trial: { rival: 'express-sqlite' }, leavesOut: '' },
        { label: 'ours: Fastify, SQLite', trial: { rival: 'fastify-sqlite' }, leavesOut: '' },
      ]
      const notes = [
        '"CPU µs" is that of the receiving process alone: what Postgres and Redis use comes on top.',
        ...(database ? [] : [`${postgres.label}: NOT RUN, there is no Postgres`]),
        ...(redis ? [] : [`${jobs.label}: NOT RUN, there is no redis-server`]),
      ]
      const all = await bench.compare(ways)
      const table = comparedTable('64 connections, bodies of 0.5 KB', all, CEILING, notes)
      return {
        tables: [
          table,
          {
            title: 'What each leaves out',
            columns: ['receiver', 'leaves out'],
            rows: ways
              .filter(({ leavesOut }) => leavesOut !== '')
              .map(({ label, leavesOut }) => [label, leavesOut]),
          },
        ],
        plots: [
          {
            kind: 'bars',
            file: 'today.svg',
            title: 'What people write today, 64 connections',
            unit: 'replies of 200 a second',
            series: ['accepted'],
            groups: all.map(({ label, rate: { median, min, max } }) => ({
              label,
              bars: [{ series: 'accepted', value: median, min, max }],
            })),
          },
        ],
        targets: [],
        measured: all,
      }
    } finally {
      await Promise.all([database?.close(), redis?.stop(), durable?.stop()])
    }
  },
}

const without: readonly Way[] = [
  {
    label: CEILING,
    trial: { rival: 'node-hmac' },
    leavesOut: 'everything but the HMAC: age, de-duplication, recording, limits of size and time',
  },
  {
    label: '@octokit/webhooks',
    trial: { rival: 'octokit', scheme: 'github' },
    leavesOut:
      "age (GitHub's scheme has none), de-duplication, recording, a limit of size; its handlers run before the reply",
  },
  {
    label: 'standardwebhooks on Express',
    trial: { rival: 'standardwebhooks', scheme: 'standard' },
    leavesOut: 'de-duplication, recording; it is a function and brings no middleware',
  },
  {
    label: '@hookflo/tern on Express',
    trial: { rival: 'tern', scheme: 'github' },
    leavesOut: "age (GitHub's scheme has none), de-duplication and recording without its hosted queue",
  },
  {
    label: 'Express, an insert into SQLite',
    trial: { rival: 'express-insert' },
    leavesOut: `${NO_HANDLING}; the whole application waits for each fsync`,
  },
]

const postgres = { label: 'Express, an INSERT with pg', leavesOut: NO_HANDLING }
const jobs = {
  label: 'Express, BullMQ (Redis as it comes)',
  leavesOut:
    'recording: what came after the last snapshot is lost with the machine; ids are known as long as the job is kept; conflicts, quarantine, a limit on the time of the reply',
}
const syncedJobs = {
  label: 'Express, BullMQ (Redis, `appendfsync always`)',
  leavesOut:
    'ids are known as long as the job is kept; conflicts, quarantine, a limit on the time of the reply',
}
