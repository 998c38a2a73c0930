import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ratio, spreadOf, whole } from '../report/numbers.ts'
import type { Experiment } from '../report/section.ts'
import type { Compared, Entry } from '../run/bench.ts'
import { fillBacklog } from '../run/fill-backlog.ts'
import { median, spread } from '../run/statistics.ts'

const RIVAL = 'fastify-sqlite'
const NO_LOAD = { loop: { kind: 'open', perSecond: 0, maxConnections: 1 }, warmup: 0.1 } as const
const HANDLERS = [16, 64]
const ALONE = 'acknowledging alone'

/** Events that wait for their handlers, worked off alone and while more come in. */
export const backlog: Experiment = {
  name: 'backlog',
  title: 'Handling a backlog of 100,000',
  async run(bench) {
    const events = bench.size(100_000, 3_000)
    bench.say(`  filling in ${whole(events)} events`)
    const filled = await bench.folder('backlog')
    await fillBacklog(filled, events)
    const fill = (folder: string) => copyFile(join(filled, 'inbox.db'), join(folder, 'inbox.db'))
    const entries: Entry[] = HANDLERS.flatMap((handlers) => {
      const trial = { rival: RIVAL, server: { handlers }, fill }
      return [
        { label: `handling alone, ${handlers} at once`, trial: { ...trial, load: NO_LOAD } },
        { label: `both, ${handlers} at once`, trial },
      ]
    })
    const all = await bench.compare([{ label: ALONE, trial: { rival: RIVAL } }, ...entries])
    const of = (label: string) => all.find((each) => each.label === label)
    const alone = of(ALONE)?.rate.median ?? Number.NaN
    const [handling, both] = [of('handling alone, 16 at once'), of('both, 16 at once')]
    const kept = (both?.rate.median ?? Number.NaN) / alone
    return {
      tables: [
        {
          title: `${RIVAL}, empty handlers, 64 connections`,
          columns: [
            'what',
            'acknowledged a second (range)',
            'ratio to alone',
            'handled a second (range)',
            'CPU µs for each of both',
          ],
          rows: all.map((each) => [
            each.label,
            spreadOf(each.rate),
            ratio(each.rate.median / alone),
            spreadOf(spread(handledOf(each))),
            whole(cpuUsOf(each)),
          ]),
        },
      ],
      plots: [],
      targets: [
        {
          name: 'handled',
          measured: `${whole(median(handledOf(both)))} while acknowledging, ${whole(median(handledOf(handling)))} alone`,
          met: median(handledOf(both)) >= 15_000,
        },
        { name: 'handled-beside', measured: ratio(kept), met: kept >= 0.8 },
      ],
      measured: all,
    }
  },
}

/** Events handled a second, in each round. */
const handledOf = (compared: Compared | undefined): number[] =>
  compared?.rounds.map(({ load, used }) => used.handled / load.seconds) ?? []

const cpuUsOf = ({ rounds }: Compared): number =>
  median(rounds.map(({ load, used }) => (used.cpuMs * 1_000) / (load.accepted + used.handled)))
