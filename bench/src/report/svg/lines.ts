import { percent, short } from '../numbers.ts'
import type { Axis, Lines } from '../plot.ts'
import { colourOf, dot, drawing, FAINT, INK, legend, line, polyline, text } from './elements.ts'
import { linear, logarithmic, type Scale } from './scale.ts'

const WIDTH = 860
const HEIGHT = 360
const LEFT = 80
const RIGHT = 30
/** With more points than that, lines have no dots. */
const DOTS = 30

export function linesSvg({ title, x, y, lines }: Lines): string {
  const names = legend(
    24,
    60,
    WIDTH - 48,
    lines.map(({ label }) => label),
  )
  const top = 60 + names.height + 6
  const bottom = top + HEIGHT
  const [across, up] = [
    scaleOf(
      x,
      lines.flatMap(({ points }) => points.map(([value]) => value)),
    ),
    scaleOf(
      y,
      lines.flatMap(({ points }) => points.map(([, value]) => value)),
    ),
  ]
  const place = ([a, b]: readonly [number, number]): [number, number] => [
    LEFT + across.at(a) * (WIDTH - LEFT - RIGHT),
    bottom - up.at(b) * HEIGHT,
  ]
  const grid = [
    ...up.ticks.flatMap((tick) => {
      const [, height] = place([0, tick])
      return [
        line(LEFT, height, WIDTH - RIGHT, height, FAINT),
        text(LEFT - 8, height + 4, labelOf(y, tick), { anchor: 'end' }),
      ]
    }),
    ...across.ticks.flatMap((tick) => {
      const [width] = place([tick, 1])
      return [
        line(width, top, width, bottom, FAINT),
        text(width, bottom + 18, labelOf(x, tick), { anchor: 'middle' }),
      ]
    }),
  ]
  const curves = lines.flatMap(({ points }, index) => {
    const colour = colourOf(index)
    const placed = points.map(place)
    return [
      polyline(placed, colour),
      ...(placed.length > DOTS ? [] : placed.map(([a, b]) => dot(a, b, colour))),
    ]
  })
  const limits = y.limit === undefined ? [] : limitOf(y.limit, place([0, y.limit.at])[1])
  return drawing(WIDTH, bottom + 56, title, [
    ...names.parts,
    ...grid,
    ...limits,
    ...curves,
    line(LEFT, bottom, WIDTH - RIGHT, bottom, INK),
    line(LEFT, top, LEFT, bottom, INK),
    text((LEFT + WIDTH - RIGHT) / 2, bottom + 42, x.label, { anchor: 'middle' }),
    text(24, (top + bottom) / 2, y.label, { anchor: 'middle', turn: -90 }),
  ])
}

function scaleOf({ scale, limit }: Axis, values: readonly number[]): Scale {
  const all = limit === undefined ? values : [...values, limit.at]
  return scale === 'log' ? logarithmic(all) : linear(all)
}

const labelOf = (axis: Axis, value: number): string => (axis.percent ? percent(value) : short(value))

const limitOf = ({ label }: { label: string }, height: number): string[] => [
  line(LEFT, height, WIDTH - RIGHT, height, INK, '5 4'),
  text(WIDTH - RIGHT - 4, height - 6, label, { anchor: 'end', colour: INK }),
]
