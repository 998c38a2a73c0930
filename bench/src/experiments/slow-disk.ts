import { comparedTable } from '../report/compared-table.ts'
import { ratio } from '../report/numbers.ts'
import type { Experiment, Section } from '../report/section.ts'
import type { Bench, Compared, Entry } from '../run/bench.ts'
import { startRedis } from '../run/redis.ts'
import { slowFsync } from '../run/slow-fsync.ts'

const DELAYS = [2, 10]
const HAND_WRITTEN = 'express-insert'
const OURS = 'fastify-sqlite'

/** A disk behind a network: each fsync takes milliseconds more. */
export const slowDisk: Experiment = {
  name: 'slow-disk',
  title: 'With a slower fsync',
  async run(bench) {
    const slow = await slowFsync(bench.settings.folder)
    if (slow === undefined) return notRun
    const sets: { delay: number; all: Compared[] }[] = []
    for (const delay of bench.settings.quick ? [10] : DELAYS) {
      bench.say(` fsync slower by ${delay} ms`)
      sets.push({ delay, all: await compareOn(bench, slow(delay)) })
    }
    const slowest = sets.at(-1)?.all ?? []
    const rate = (label: string) => slowest.find((each) => each.label === label)?.rate.median ?? Number.NaN
    const measured = rate(OURS) / rate(HAND_WRITTEN)
    return {
      tables: sets.map(({ delay, all }) =>
        comparedTable(`fsync slower by ${delay} ms, 64 connections`, all, HAND_WRITTEN),
      ),
      plots: [
        {
          kind: 'bars',
          file: 'slow-disk.svg',
          title: 'Accepted a second when each fsync is slower, 64 connections',
          unit: 'deliveries a second',
          series: sets[0]?.all.map(({ label }) => label) ?? [],
          groups: sets.map(({ delay, all }) => ({
            label: `${delay} ms slower`,
            bars: all.map(({ label, rate: { median, min, max } }) => ({
              series: label,
              value: median,
              min,
              max,
            })),
          })),
        },
      ],
      targets: [{ name: 'to-insert-slow', measured: ratio(measured), met: measured >= 30 }],
      measured: sets.flatMap(({ delay, all }) =>
        all.map((each) => ({ ...each, label: `${each.label}, ${delay} ms` })),
      ),
    }
  },
}

/** The same disk for all: SQLite within the receivers, and Redis. */
async function compareOn(bench: Bench, env: Record<string, string>): Promise<Compared[]> {
  const redis = await startRedis(bench.settings.folder, true, env)
  try {
    const entries: Entry[] = [HAND_WRITTEN, 'fastify-sqlite-inline', OURS].map((rival) => ({
      label: rival,
      trial: { rival, process: { env } },
    }))
    const server = { redisPort: redis?.port }
    if (redis) entries.push({ label: 'express-bullmq, synced', trial: { rival: 'express-bullmq', server } })
    return await bench.compare(entries)
  } finally {
    await redis?.stop()
  }
}

const notRun: Section = {
  tables: [{ title: 'NOT RUN: there is no C compiler', columns: ['receiver'], rows: [] }],
  plots: [],
  targets: [],
  measured: [],
}
