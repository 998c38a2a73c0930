import { closeSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { comparedTable } from '../report/compared-table.ts'
import { whole } from '../report/numbers.ts'
import type { Experiment, Table } from '../report/section.ts'
import type { Compared, Entry } from '../run/bench.ts'
import { postgresDatabase } from '../run/postgres-database.ts'

/** Ours in each framework, on each storage, with and without a logger and handlers. */
export const adapters: Experiment = {
  name: 'adapters',
  title: 'Ours: adapters, storage, logger, handlers',
  async run(bench) {
    const database = await postgresDatabase()
    const log = openSync(join(bench.settings.folder, 'log'), 'w')
    try {
      const rival = 'fastify-sqlite'
      const entries: Entry[] = [
        ...['express-sqlite', 'koa-sqlite', 'fastify-sqlite', 'fastify-sqlite-inline', 'fastify-memory'].map(
          (name) => ({ label: name, trial: { rival: name } }),
        ),
        { label: LOGGING, trial: { rival, server: { log: true }, process: { stdout: log } } },
        { label: HANDLING, trial: { rival, server: { handlers: 16 } } },
        ...(database
          ? [
              {
                label: 'fastify-postgres',
                trial: { rival: 'fastify-postgres', server: { postgresUrl: database.url } },
              },
            ]
          : []),
      ]
      const all = await bench.compare(entries)
      const notes = [
        'No logger but where it says so: rivals do not log either. They record alone (`receiveOnly`) but where it says so.',
        ...(database ? [] : ['fastify-postgres: NOT RUN, there is no Postgres']),
      ]
      return {
        tables: [comparedTable('64 connections, bodies of 0.5 KB', all, rival, notes), sizing(all)],
        plots: [
          {
            kind: 'bars',
            file: 'adapters.svg',
            title: 'Ours, 64 connections',
            unit: 'deliveries a second',
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
      closeSync(log)
      await database?.close()
    }
  },
}

/** Processor time turned round. The storage thread is a part of it: one core in all, not one for each thread. */
function sizing(all: readonly Compared[]): Table {
  return {
    title: 'What one core carries',
    columns: ['receiver', 'CPU µs a delivery', 'deliveries a second', 'at half load, a day'],
    rows: all.map(({ label, cpuUs: { median } }) => [
      label,
      whole(median),
      whole(1e6 / median),
      `${(((1e6 / median / 2) * 86_400) / 1e6).toFixed(0)} million`,
    ]),
  }
}

const LOGGING = 'fastify-sqlite, the default logger into a file'
const HANDLING = 'fastify-sqlite, empty handlers, 16 at once'
