/** What a server is told, as JSON in its first argument. */
export interface ServerOrder {
  /** A name in `rivals.ts`. */
  rival: string
  secret: string
  /** A folder for its files. */
  folder: string
  postgresUrl?: string | undefined
  redisPort?: number | undefined
  /** Ours: run an empty handler for each event, so many at once. Left out: record alone. */
  handlers?: number | undefined
  /** Ours: the default logger, on standard output, which goes to a file. @default false: no logger */
  log?: boolean | undefined
  /** What to look at within, which costs time itself. */
  look?: 'steps' | 'heap' | undefined
}

/** What a server process used between `begin` and `end`. */
export interface Usage {
  /** Processor time of all its threads, in milliseconds: user and system. */
  cpuMs: number
  /** Resident memory at the end, in bytes. */
  rss: number
  heapUsed: number
  /** Share of the time in which the main thread's event loop was busy. */
  busy: number
  /** Delay of the main thread's event loop, in milliseconds, beyond the sampling interval. */
  delayP50: number
  delayP99: number
  delayMax: number
  /** Garbage collections of the main thread, and their milliseconds. */
  collections: number
  collectionMs: number
  /** Handlers that were run. */
  handled: number
  /** When it began and ended, in microseconds of the clock that CPU profiles go by. */
  fromUs: number
  toUs: number
  /** With `look: 'steps'`: how often each step was taken, and its milliseconds altogether. */
  steps?: Record<string, { count: number; ms: number }>
  /** With `look: 'heap'`: bytes that were allocated, by the function that did, largest first. */
  allocated?: { where: string; bytes: number }[]
}
