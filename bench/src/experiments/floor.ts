import { comparedTable } from '../report/compared-table.ts'
import { percent, ratio } from '../report/numbers.ts'
import type { Experiment } from '../report/section.ts'
import type { Compared, Entry } from '../run/bench.ts'
import { median } from '../run/statistics.ts'

const FRAMEWORKS = ['express', 'koa', 'fastify']
const WAYS = [
  { name: '', label: 'reads the body' },
  { name: '-hmac', label: 'and checks the HMAC' },
  { name: '-set', label: 'and age, `JSON.parse`, ids in a `Set`' },
  { name: '-memory', label: 'ours, memory inbox' },
]

/** How fast a server can be that does nothing, or only verifies; and ours without a disk beside it. */
export const floor: Experiment = {
  name: 'floor',
  title: 'Floor and ceiling: nothing recorded',
  async run(bench) {
    const bare: Entry[] = ['node', 'node-hmac'].map((rival) => ({ label: rival, trial: { rival } }))
    const others = FRAMEWORKS.flatMap((framework) =>
      WAYS.map(({ name }) => ({ label: framework + name, trial: { rival: framework + name } })),
    )
    const all = await bench.compare([...bare, ...others])
    const of = (label: string) => all.find((each) => each.label === label)
    const memory = FRAMEWORKS.map((name) => rateRatio(of(`${name}-memory`), of(`${name}-hmac`)))
    const least = Math.min(...memory)
    return {
      tables: [
        comparedTable('64 connections, bodies of 0.5 KB', all, 'node-hmac', [meaning, senderNote(all)]),
      ],
      plots: [
        {
          kind: 'bars',
          file: 'floor.svg',
          title: 'Nothing recorded: what the frameworks carry, and what verification costs',
          unit: 'replies a second',
          series: WAYS.map(({ label }) => label),
          groups: ['node', ...FRAMEWORKS].map((framework) => ({
            label: framework,
            bars: WAYS.flatMap(({ name, label }) => {
              const rate = of(framework + name)?.rate
              return rate === undefined
                ? []
                : [{ series: label, value: rate.median, min: rate.min, max: rate.max }]
            }),
          })),
        },
      ],
      targets: [
        {
          name: 'memory',
          measured: FRAMEWORKS.map((name, index) => `${name} ${ratio(memory[index] ?? Number.NaN)}`).join(
            ', ',
          ),
          met: least >= 0.9,
        },
      ],
      measured: all,
    }
  },
}

const meaning =
  '`-hmac` reads the body and compares the HMAC, and does nothing else: the minimal verifier of the targets. `-set` also ' +
  'checks the age, parses the body and keeps the ids in a `Set`. `-memory` is ours with everything but the disk.'

const rateRatio = (a: Compared | undefined, b: Compared | undefined): number =>
  (a?.rate.median ?? Number.NaN) / (b?.rate.median ?? Number.NaN)

/** Whether it is the sender that was measured. */
function senderNote(all: readonly Compared[]): string {
  const busy = Math.max(...all.map(({ rounds }) => median(rounds.map(({ load }) => load.busy))))
  const verdict = busy < 0.8 ? 'it is not what limits them' : 'it may be what limits the fastest of them'
  return `The sender was busy for at most ${percent(busy)} of the time: ${verdict}.`
}
