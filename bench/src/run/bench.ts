import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import type { LoadReport } from '../sender/order.ts'
import { type Measurement, measure, type Trial } from './measure.ts'
import type { Settings } from './settings.ts'
import { median, type Spread, spread } from './statistics.ts'

/** A rival as it is named in a table, and how it is measured. */
export interface Entry {
  label: string
  trial: Trial
}

/** What came of one entry in all rounds. */
export interface Compared {
  label: string
  rounds: readonly Measurement[]
  /** Replies of 200 a second. */
  rate: Spread
  /** Processor time of the server for each reply, in microseconds. */
  cpuUs: Spread
  p50Ms: number
  p99Ms: number
}

/** What experiments measure with. */
export class Bench {
  readonly settings: Settings
  readonly #say: (line: string) => void

  constructor(settings: Settings, say: (line: string) => void) {
    this.settings = settings
    this.#say = say
  }

  /** A folder of its own for a server whose files are made beforehand. */
  folder(name: string): Promise<string> {
    return mkdtemp(join(this.settings.folder, `${name}-`))
  }

  /** Seconds of measuring, so many times those of the settings. */
  seconds(times: number): { seconds: number } {
    return { seconds: this.settings.seconds * times }
  }

  /** The larger number, or with `--quick` the smaller. */
  size(full: number, quick: number): number {
    return this.settings.quick ? quick : full
  }

  /** Shows what is going on. */
  say(line: string): void {
    this.#say(line)
  }

  async measure(label: string, trial: Trial): Promise<Measurement> {
    const measured = await measure(this.settings, trial)
    const { rate, cpuUs, load, used } = measured
    const odd = load.refused + load.unanswered
    const notes = [
      ...(used.handled > 0 ? [`${(used.handled / load.seconds).toFixed(0)} handled a second`] : []),
      ...(odd > 0 ? [`${odd} not accepted`] : []),
    ]
    const figures = `${rate.toFixed(0).padStart(7)}/s ${cpuUs.toFixed(0).padStart(6)} µs cpu p99 ${load.latencies.p99Ms.toFixed(1)} ms`
    this.say(`  ${label.padEnd(50)} ${[figures, ...notes].join(', ')}`)
    return measured
  }

  /** Measures the entries in turns, A B C A B C ..., so that what else the machine does falls on all of them alike. */
  async compare(entries: readonly Entry[], rounds: number = this.settings.rounds): Promise<Compared[]> {
    const measured = entries.map((): Measurement[] => [])
    for (let round = 0; round < rounds; round++) {
      for (const [index, { label, trial }] of entries.entries()) {
        measured[index]?.push(await this.measure(label, trial))
      }
    }
    return entries.map(({ label }, index) => compared(label, measured[index] ?? []))
  }
}

function compared(label: string, rounds: readonly Measurement[]): Compared {
  const ms = (of: (load: LoadReport) => number) => median(rounds.map(({ load }) => of(load)))
  return {
    label,
    rounds,
    rate: spread(rounds.map(({ rate }) => rate)),
    cpuUs: spread(rounds.map(({ cpuUs }) => cpuUs)),
    p50Ms: ms(({ latencies }) => latencies.p50Ms),
    p99Ms: ms(({ latencies }) => latencies.p99Ms),
  }
}
