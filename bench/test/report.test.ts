import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { experiments } from '../src/experiments/index.ts'
import { PAGE, PLOTS } from '../src/report/documentation.ts'
import { fill } from '../src/report/fill.ts'
import { svg } from '../src/report/svg/svg.ts'
import { readTaken, type Taken } from '../src/report/taken.ts'
import { targetsTable } from '../src/report/targets-table.ts'
import { median } from '../src/run/statistics.ts'

const results = fileURLToPath(new URL('../results', import.meta.url))
const names = experiments.map(({ name }) => name)

test('docs/performance.md shows what the results are', async () => {
  const page = await readFile(PAGE, 'utf8')
  expect(fill(page, await readTaken(results, names), PLOTS)).toBe(page)
})

test('docs/performance.md has a place for every experiment, and for the targets', async () => {
  const page = await readFile(PAGE, 'utf8')
  const marks = [...page.matchAll(/<!-- results: ([\w-]+) -->/g)].map(([, name]) => name)
  expect(marks.toSorted()).toEqual([...names, 'targets'].toSorted())
})

const taken = (targets: Taken['targets']): Taken => ({
  name: 'throughput',
  title: 'Throughput',
  takenAt: '2030-01-01T00:00:00.000Z',
  machine: { cpu: 'CPU', cores: 2, memoryGiB: 4, kernel: 'Linux', node: 'v24', sqlite: '3', fsyncMs: 1 },
  settings: { rounds: 3, seconds: 2, warmup: 1, mostPerSecond: 1, deliveries: 1, quick: false },
  seconds: 9,
  tables: [{ title: 'Rates', columns: ['a', 'b'], rows: [['1', '2']] }],
  plots: [],
  targets,
  measured: [],
})

test('a page is filled between its marks, and again the same', () => {
  const page = 'before\n<!-- results: throughput -->\nold\n<!-- end -->\nafter\n'
  const filled = fill(page, [taken([])], PLOTS)
  expect(filled).toMatch(
    /^before\n<!-- results: throughput -->\n\n\*\*Rates\*\*[\s\S]*\| 1 \| 2 \|[\s\S]*<!-- end -->\nafter\n$/,
  )
  expect(fill(filled, [taken([])], PLOTS)).toBe(filled)
  expect(filled).not.toContain('old')
})

test('a target that was not measured is shown as that', () => {
  const { rows } = targetsTable([taken([{ name: 'to-ceiling', measured: '0.61', met: true }])])
  expect(rows[0]).toEqual([expect.any(String), 'at least 0.60, aim at 0.75', '0.61', 'met', '`throughput`'])
  expect(rows[1]?.[2]).toBe('NOT RUN')
})

test('bars are as long as their values, and have their unit and legend', () => {
  const drawn = svg({
    kind: 'bars',
    file: 'a.svg',
    title: 'A & B',
    unit: 'a second',
    series: ['one', 'two'],
    groups: [
      {
        label: 'g',
        bars: [
          { series: 'one', value: 50 },
          { series: 'two', value: 100 },
        ],
      },
    ],
  })
  const widths = [...drawn.matchAll(/width="([\d.]+)" height="16"/g)].map(([, width]) => Number(width))
  expect((widths[1] ?? 0) / (widths[0] ?? 1)).toBeCloseTo(2, 2)
  for (const shown of ['A &amp; B', '>a second<', '>one<', '>two<']) expect(drawn).toContain(shown)
})

test('on a logarithmic axis ten times as much is equally far', () => {
  const drawn = svg({
    kind: 'lines',
    file: 'a.svg',
    title: 'Lines',
    x: { label: 'x' },
    y: { label: 'y', scale: 'log' },
    lines: [
      {
        label: 'l',
        points: [
          [0, 1],
          [1, 10],
          [2, 100],
        ],
      },
    ],
  })
  const heights = [...drawn.matchAll(/<circle cx="[\d.]+" cy="([\d.]+)"/g)].map(([, y]) => Number(y))
  const [a = 0, b = 0, c = 0] = heights
  expect(a - b).toBeCloseTo(b - c, 0)
  expect(a - b).toBeGreaterThan(10)
})

test('the median of an even number is between the two in the middle', () => {
  expect(median([4, 1, 3, 2])).toBe(2.5)
  expect(median([3, 1, 2])).toBe(2)
})
