import { ms, ratio, whole } from '../report/numbers.ts'
import type { Experiment } from '../report/section.ts'
import type { Compared, Entry } from '../run/bench.ts'
import { median } from '../run/statistics.ts'

const OURS = 'express-sqlite'
const OTHER = { kind: 'open', perSecond: 300, maxConnections: 256 } as const
const ALONE = 'alone'

/** The rest of the application in the same process: a page that somebody asks for while deliveries come in. */
export const neighbours: Experiment = {
  name: 'neighbours',
  title: 'Other traffic in the same process',
  async run(bench) {
    const [saturated] = await bench.compare([{ label: 'saturated', trial: { rival: OURS } }], 1)
    const half = (saturated?.rate.median ?? Number.NaN) / 2
    const webhooks = {
      // A receiver that has just been started would go on with what piled up meanwhile.
      loop: { kind: 'open', perSecond: half, warmupPerSecond: half / 4, maxConnections: 1_024 },
      ...bench.seconds(2),
    } as const
    const page = { scheme: 'none', loop: OTHER, ...bench.seconds(2) } as const
    const rivals = ['express-hmac', 'express-insert', 'express-memory', 'fastify-sqlite-inline', OURS]
    const entries: Entry[] = [
      { label: ALONE, trial: { rival: 'express', scheme: 'none', load: page } },
      ...(bench.settings.quick ? [OURS] : rivals).map((rival) => ({
        label: rival,
        trial: { rival, load: webhooks, beside: page },
      })),
    ]
    const all = await bench.compare(entries)
    const alone = p99Of(all[0])
    const rows = all.map((each) => ({ label: each.label, p50: p50Of(each), p99: p99Of(each), each }))
    const ours = (rows.find(({ label }) => label === OURS)?.p99 ?? Number.NaN) / alone
    return {
      tables: [
        {
          title: `${OTHER.perSecond} pages a second, beside ${whole(half)} deliveries a second (half of what saturates ${OURS})`,
          columns: [
            'webhooks beside it',
            'p50 of the page',
            'p99 of the page',
            'p99 against alone',
            'p99 of the reply',
            'event loop delay, p99',
            'slowest',
          ],
          rows: rows.map(({ label, p50, p99, each }) => [
            label,
            ms(p50),
            ms(p99),
            ratio(p99 / alone),
            label === ALONE ? '' : ms(each.p99Ms),
            ms(median(each.rounds.map(({ used }) => used.delayP99))),
            ms(median(each.rounds.map(({ used }) => used.delayMax))),
          ]),
        },
      ],
      plots: [
        {
          kind: 'bars',
          file: 'neighbours.svg',
          title: 'p99 of another page in the same process',
          unit: 'milliseconds',
          series: ['p99'],
          groups: rows.map(({ label, p99 }) => ({ label, bars: [{ series: 'p99', value: p99 }] })),
        },
      ],
      targets: [{ name: 'neighbours', measured: ratio(ours), met: ours <= 2 }],
      measured: all,
    }
  },
}

const pageOf = (compared: Compared | undefined) =>
  compared?.rounds.map(({ load, beside }) => (beside ?? load).latencies) ?? []
const p50Of = (compared: Compared | undefined): number => median(pageOf(compared).map(({ p50Ms }) => p50Ms))
const p99Of = (compared: Compared | undefined): number => median(pageOf(compared).map(({ p99Ms }) => p99Ms))
