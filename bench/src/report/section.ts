import type { Bench, Compared } from '../run/bench.ts'
import type { Plot } from './plot.ts'
import type { TargetName } from './targets.ts'

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

/** What a target came to, by its name in `targets.ts`. */
export interface Target {
  name: TargetName
  measured: string
  met: boolean
}

/** An experiment, by the name that `--only` takes. */
export interface Experiment {
  name: string
  title: string
  run(bench: Bench): Promise<Section>
}
