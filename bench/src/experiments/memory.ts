import { readFileSync } from 'node:fs'
import { mib, whole } from '../report/numbers.ts'
import type { Experiment } from '../report/section.ts'
import { spread } from '../run/statistics.ts'

const RIVAL = 'fastify-sqlite'
const EVERY_MS = 250
/** The first tenth is left out: caches and compiled code have their size by then. */
const START = 0.1
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
    const within = (from: number, to: number) =>
      spread(
        points.filter(([at]) => at >= from * deliveries && at <= to * deliveries).map(([, bytes]) => bytes),
      )
    const [first, last] = [within(START, START + WINDOW), within(1 - WINDOW, 1.1)]
    const grown = last.median - first.median
    const noise = Math.max(first.max - first.min, last.max - last.min)
    return {
      tables: [
        {
          title: `${RIVAL}, handlers run as events come, ${whole(deliveries)} deliveries`,
          columns: ['deliveries', 'RSS (range)'],
          rows: [
            [`${whole(START * deliveries)} to ${whole((START + WINDOW) * deliveries)}`, rangeOf(first)],
            [`${whole((1 - WINDOW) * deliveries)} to ${whole(deliveries)}`, rangeOf(last)],
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
          measured: `${mib(grown)} over ${whole(deliveries)} deliveries, noise ${mib(noise)}`,
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
