import { readFileSync } from 'node:fs'
import { mib, whole } from '../report/numbers.ts'
import type { Experiment } from '../report/section.ts'
import { spread } from '../run/statistics.ts'

const RIVAL = 'fastify-sqlite'
const EVERY_MS = 250
/** What comes before is left out: by then, caches and compiled code have their size. With fewer deliveries, the first half. */
const FROM = 100_000
/** Share of the rest that is looked at in the beginning and in the end. */
const WINDOW = 0.2

/** Whether memory grows with what was received: RSS over many deliveries, handled as they come. */
export const memory: Experiment = {
  name: 'memory',
  title: 'RSS over many deliveries',
  async run(bench) {
    const deliveries = bench.size(bench.settings.deliveries, 2_000)
    const points: [number, number][] = []
    const measured = await bench.measure(`${RIVAL}, ${whole(deliveries)} deliveries`, {
      rival: RIVAL,
      server: { handlers: 16 },
      load: { signLate: true, warmup: 0, seconds: Number.POSITIVE_INFINITY },
      meanwhile: async (server, sender) => {
        for (let accepted = 0; accepted < deliveries; ) {
          await new Promise((resolve) => setTimeout(resolve, EVERY_MS))
          sender.tell('count')
          accepted = Number((await sender.hear('count')).accepted)
          points.push([accepted, rss(server.pid)])
        }
        sender.tell('enough')
      },
    })
    const from = Math.min(FROM, deliveries / 2)
    const window = (deliveries - from) * WINDOW
    const within = (least: number, most: number) =>
      spread(points.filter(([at]) => at >= least && at <= most).map(([, bytes]) => bytes))
    const first = within(from, from + window)
    const last = within(deliveries - window, Number.POSITIVE_INFINITY)
    const grown = last.median - first.median
    const noise = Math.max(first.max - first.min, last.max - last.min)
    return {
      tables: [
        {
          title: `${RIVAL}, handlers run as events come, ${whole(deliveries)} deliveries`,
          columns: ['deliveries', 'RSS (range)'],
          rows: [
            [`${whole(from)} to ${whole(from + window)}`, rangeOf(first)],
            [`${whole(deliveries - window)} to ${whole(deliveries)}`, rangeOf(last)],
          ],
        },
      ],
      plots: [
        {
          kind: 'lines',
          file: 'memory.svg',
          title: 'RSS of the receiver',
          x: { label: 'deliveries' },
          y: { label: 'MiB' },
          lines: [{ label: RIVAL, points: points.map(([at, bytes]) => [at, bytes / 2 ** 20] as const) }],
        },
      ],
      targets: [
        {
          name: 'rss',
          measured: `${mib(grown)} from delivery ${whole(from)} to ${whole(deliveries)}, noise ${mib(noise)}`,
          met: grown <= noise,
        },
      ],
      measured: [
        {
          label: RIVAL,
          rounds: [measured],
          rate: spread([measured.rate]),
          cpuUs: spread([measured.cpuUs]),
          p50Ms: measured.load.latencies.p50Ms,
          p99Ms: measured.load.latencies.p99Ms,
        },
      ],
    }
  },
}

const rangeOf = ({ median, min, max }: { median: number; min: number; max: number }): string =>
  `${mib(median)} (${mib(min)} to ${mib(max)})`

function rss(pid: number): number {
  const resident = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
  return Number(resident?.[1]) * 1_024
}
