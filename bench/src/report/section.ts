import type { Compared } from '../run/bench.ts'
import type { Plot } from './plot.ts'

/** What one experiment came to. */
export interface Section {
  tables: readonly Table[]
  plots: readonly Plot[]
  targets: readonly Target[]
  /** Everything that was measured, for the JSON. */
  measured: readonly Compared[]
}

export interface Table {
  title: string
  columns: readonly string[]
  rows: readonly (readonly string[])[]
  notes?: readonly string[]
}

/** A row of the table of targets. */
export interface Target {
  what: string
  wanted: string
  measured: string
  met: boolean
}

/** An experiment, by the name that `--only` takes. */
export interface Experiment {
  name: string
  title: string
  run(bench: import('../run/bench.ts').Bench): Promise<Section>
}
