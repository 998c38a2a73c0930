/** What is aimed at: ratios on one machine, in one run. */
export const TARGETS = {
  'to-ceiling': {
    what: 'durable acknowledgements a second (SQLite, FULL, 64 connections, Fastify) against HMAC alone on bare `node:http`',
    wanted: 'at least 0.60, aim at 0.75',
  },
  'to-insert': {
    what: 'the same against hand-written Express with an insert for each delivery',
    wanted: 'at least 8',
  },
  'to-insert-slow': { what: 'the same with each fsync slower by 10 ms', wanted: 'at least 30' },
  memory: {
    what: 'memory inbox against a hand-written minimal verifier on the same framework',
    wanted: 'at least 0.90',
  },
  'half-p99': { what: 'p99 of the reply, open loop at half of the saturation rate', wanted: 'under 10 ms' },
  'half-p99-slow': { what: 'the same with each fsync slower by 10 ms', wanted: 'under 50 ms' },
  late: {
    what: 'replies later than the limit of PRESS, or none, at twice the saturation rate',
    wanted: 'none: 503 at once instead',
  },
  stored: { what: 'throughput with 5 million stored keys against none', wanted: 'at least 0.70' },
  neighbours: {
    what: "other traffic's p99 in the same process, at half of saturation, against without us",
    wanted: 'at most 2',
  },
  handled: { what: 'events handled a second, empty handlers, SQLite', wanted: 'at least 15,000' },
  'handled-beside': {
    what: 'acknowledgements a second meanwhile, against those without handlers',
    wanted: 'at least 0.80',
  },
  rss: {
    what: 'growth of RSS from delivery 100,000 to delivery 1,000,000',
    wanted: 'none beyond noise',
  },
  import: { what: 'cold import of an adapter', wanted: 'under 60 ms' },
  native: { what: 'native code loaded before the inbox is opened', wanted: 'none' },
} as const

export type TargetName = keyof typeof TARGETS
