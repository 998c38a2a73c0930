import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { scraped } from './scraped.ts'

const read = (file: string) => readFileSync(new URL(`../${file}`, import.meta.url), 'utf8')

interface Dashboard {
  panels: { id: number; title: string; targets: { expr: string; legendFormat: string }[] }[]
  templating: { list: { query: string }[] }
}

const { panels, templating }: Dashboard = JSON.parse(read('grafana/dashboard.json'))
const alerts = [...read('alerts.yml').matchAll(/^ {6}- alert: (\w+)\n {8}expr: (.*)$((?:\n {8,}.*)*)/gm)]
/** Each query, and what is written beside it about its labels. */
const queries: [string, string, string][] = [
  ...panels.flatMap(({ title, targets }) =>
    targets.map(({ expr, legendFormat }): [string, string, string] => [title, expr, legendFormat]),
  ),
  ...alerts.map(([, name = '', expr = '', rest = '']): [string, string, string] => [name, expr, rest]),
]

/** The names of metrics, and for each the labels of its lines. */
const exported = new Map<string, Set<string>>()

beforeAll(async () => {
  for (const line of (await scraped()).split('\n')) {
    const [, name, labels = ''] = /^(\w+)\{(.*)\} /.exec(line) ?? []
    if (name === undefined) continue
    const known = exported.get(name) ?? new Set()
    exported.set(name, known)
    for (const [, label = ''] of labels.matchAll(/(\w+)="/g)) known.add(label)
  }
})

const metricsIn = (text: string) => [...text.matchAll(/\bkyc_webhooks_\w+/g)].map(([name]) => name)

describe('the queries of the dashboard and the alerts', () => {
  it('are found', () => {
    expect(panels.length).toBeGreaterThan(10)
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length)
    expect(alerts).toHaveLength(read('alerts.yml').match(/- alert:/g)?.length ?? 0)
    expect(alerts.length).toBeGreaterThan(5)
  })

  it.each(queries)('%s: every metric is exported', (_, expr) => {
    const metrics = metricsIn(expr)
    expect(metrics.length).toBeGreaterThan(0)
    for (const metric of metrics) expect([...exported.keys()]).toContain(metric)
  })

  it.each(queries)('%s: every label is one of its metrics', (_, expr, beside) => {
    const grouped = [...expr.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, names = '']) => names.split(', '))
    const matched = [...expr.matchAll(/(\w+)(?:=~|!=|!~|=)"/g)].map(([, name = '']) => name)
    const told = [...beside.matchAll(/\{\{ ?(?:\$labels\.)?(\w+) ?\}\}/g)].map(([, name = '']) => name)
    const labels = new Set(metricsIn(expr).flatMap((metric) => [...(exported.get(metric) ?? [])]))
    for (const label of [...grouped, ...matched, ...told]) expect([...labels]).toContain(label)
    if (grouped.length > 0) for (const label of told) expect(grouped).toContain(label)
  })

  it('of the variables are of metrics that are exported', () => {
    const metrics = templating.list.flatMap(({ query }) => metricsIn(query))
    expect(metrics).toEqual(['kyc_webhooks_deliveries_total'])
    expect(exported.has('kyc_webhooks_deliveries_total')).toBe(true)
  })

  it('balance their brackets', () => {
    for (const [title, expr] of queries) {
      const text = expr.replaceAll(/"[^"]*"/g, '')
      for (const [open, close] of ['()', '{}', '[]'].map((pair) => pair.split('') as [string, string])) {
        expect(text.split(open).length, title).toBe(text.split(close).length)
      }
    }
  })

  it('leave no metric of ours unseen', () => {
    const asked = new Set(queries.flatMap(([, expr]) => metricsIn(expr)).map(family))
    const ours = [...exported.keys()].filter((name) => name.startsWith('kyc_webhooks_')).map(family)
    expect([...new Set(ours)].filter((name) => !asked.has(name))).toEqual([])
  })
})

/** A histogram is exported under three names. */
const family = (metric: string): string => metric.replace(/_(bucket|sum|count)$/, '')
