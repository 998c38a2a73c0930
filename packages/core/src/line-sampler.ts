import type { Logger } from './logger.ts'

/** So many lines of a kind in full in each interval; those beyond are counted. */
const IN_FULL = 50
const INTERVAL_MS = 60_000

interface Kind {
  lines: number
  /** Tells of the lines that were only counted, when the interval is over. */
  timer: NodeJS.Timeout
}

/** Keeps the log readable, and the disk free, when thousands of the same come: the first of each minute in full, the rest as a number. */
export class LineSampler {
  readonly #logger: Logger
  readonly #kinds = new Map<string, Kind & { told: () => void }>()

  constructor(logger: Logger) {
    this.#logger = logger
  }

  /** Logs the line, or counts it. `common` is what all lines of its kind share. */
  log(level: keyof Logger, kind: string, common: object, rest: object, message: string): void {
    const known = this.#kinds.get(kind) ?? this.#begin(level, kind, common, message)
    known.lines++
    if (known.lines <= IN_FULL) this.#logger[level]({ ...common, ...rest }, message)
  }

  /** Tells at once of the lines that were only counted. */
  close(): void {
    for (const { timer, told } of this.#kinds.values()) {
      clearTimeout(timer)
      told()
    }
  }

  #begin(level: keyof Logger, kind: string, common: object, message: string) {
    const told = () => {
      this.#kinds.delete(kind)
      const count = begun.lines - IN_FULL
      if (count > 0)
        this.#logger[level]({ ...common, count, intervalMs: INTERVAL_MS }, `${message} (and so many more)`)
    }
    const begun = { lines: 0, told, timer: setTimeout(told, INTERVAL_MS).unref() }
    this.#kinds.set(kind, begun)
    return begun
  }
}
