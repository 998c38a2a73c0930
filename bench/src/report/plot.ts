/** A plot as data: what is drawn, and nothing of how. */
export type Plot = Bars | Lines

export interface Bars {
  kind: 'bars'
  file: string
  title: string
  unit: string
  /** Colours, by name. */
  series: readonly string[]
  groups: readonly { label: string; bars: readonly Bar[] }[]
}

export interface Bar {
  series: string
  value: number
  /** What it ranged over in all rounds. */
  min?: number
  max?: number
}

export interface Lines {
  kind: 'lines'
  file: string
  title: string
  x: Axis
  y: Axis
  lines: readonly Line[]
}

export interface Line {
  label: string
  points: readonly (readonly [x: number, y: number])[]
}

export interface Axis {
  label: string
  /** @default linear */
  scale?: 'linear' | 'log'
  /** Shares, shown as per cent. */
  percent?: boolean
  /** Drawn as a horizontal or vertical line. */
  limit?: { at: number; label: string }
}
