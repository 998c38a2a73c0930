import { short } from '../numbers.ts'
import type { Bars } from '../plot.ts'
import { colourOf, drawing, FAINT, INK, legend, line, rect, text } from './elements.ts'
import { linear } from './scale.ts'

const WIDTH = 860
const BAR = 16
const GAP = 3
const BETWEEN = 14
const RIGHT = 90

/** Bars that lie, in groups; the thin line over each is what it ranged over. */
export function barsSvg({ title, unit, series, groups }: Bars): string {
  const left = 36 + Math.max(...groups.map(({ label }) => label.length)) * 6.8
  const length = WIDTH - left - RIGHT
  const scale = linear(
    groups.flatMap(({ bars }) => bars.map(({ value, max = value }) => Math.max(value, max))),
  )
  const names = legend(24, 82, WIDTH - 48, series)
  const top = series.length > 1 ? 82 + names.height : 76
  const parts: string[] = []
  let y = top
  for (const { label, bars } of groups) {
    const height = bars.length * (BAR + GAP) - GAP
    parts.push(text(left - 10, y + height / 2 + 4, label, { anchor: 'end', colour: INK }))
    for (const { series: name, value, min, max } of bars) {
      const end = left + scale.at(value) * length
      const middle = y + BAR / 2
      parts.push(rect(left, y, end - left, BAR, colourOf(series.indexOf(name))))
      const reach = left + scale.at(Math.max(value, max ?? value)) * length
      if (min !== undefined && max !== undefined) {
        parts.push(line(left + scale.at(min) * length, middle, reach, middle, INK))
      }
      parts.push(text(reach + 6, middle + 4, short(value), { colour: INK }))
      y += BAR + GAP
    }
    y += BETWEEN
  }
  const bottom = y - BETWEEN + 8
  const grid = scale.ticks.flatMap((tick) => {
    const x = left + scale.at(tick) * length
    return [line(x, top - 8, x, bottom, FAINT), text(x, bottom + 16, short(tick), { anchor: 'middle' })]
  })
  return drawing(WIDTH, bottom + 32, title, [
    text(24, 54, unit),
    ...(series.length > 1 ? names.parts : []),
    ...grid,
    ...parts,
    line(left, top - 8, left, bottom, INK),
  ])
}
