import type { Plot } from '../plot.ts'
import { barsSvg } from './bars.ts'
import { linesSvg } from './lines.ts'

/** Draws a plot. */
export function svg(plot: Plot): string {
  return plot.kind === 'bars' ? barsSvg(plot) : linesSvg(plot)
}
