import { ms, percent, whole } from '../report/numbers.ts'
import type { Line } from '../report/plot.ts'
import type { Experiment, Table, Target } from '../report/section.ts'
import type { Bench, Compared, Entry } from '../run/bench.ts'
import { slowFsync } from '../run/slow-fsync.ts'
import { median } from '../run/statistics.ts'
import type { LoadReport } from '../sender/order.ts'

const SHARES = [0.1, 0.25, 0.5, 0.75, 0.9]
const HALF = 0.5
const TWICE = 2
/** The limit of PRESS. */
const LIMIT_S = 0.5
const OURS = 'fastify-sqlite'
const HAND_WRITTEN = 'express-insert'
/** Deliveries a second that any machine accepts, when it is not stalled. */
const LEAST_RATE = 50

/** One rival, on one disk, at rates that are shares of what saturates it there. */
interface Ladder {
  name: string
  saturation: number
  steps: readonly { share: number; at: Compared }[]
}

/** Deliveries at fixed rates, as providers send them: how long the reply takes, and what happens when they are too many. */
export const openLoop: Experiment = {
  name: 'open-loop',
  title: 'Open loop: at fixed rates, whatever the receiver does',
  async run(bench) {
    const slow = (await slowFsync(bench.settings.folder))?.(10)
    const shares = bench.settings.quick ? [HALF, TWICE] : [...SHARES, TWICE]
    const ladders = [
      await climb(bench, OURS, { label: OURS, trial: { rival: OURS } }, shares),
      await climb(bench, HAND_WRITTEN, { label: HAND_WRITTEN, trial: { rival: HAND_WRITTEN } }, [HALF]),
    ]
    if (slow) {
      const trial = { rival: OURS, process: { env: slow } }
      ladders.push(await climb(bench, SLOW, { label: SLOW, trial }, shares))
    }
    return {
      tables: ladders.map(tableOf),
      plots: [
        {
          kind: 'lines',
          file: 'open-loop.svg',
          title: 'Time to the reply, by load',
          x: { label: 'offered, as a share of what saturates it', percent: true },
          y: { label: 'milliseconds', scale: 'log', limit: { at: 400, label: 'budget for PRESS' } },
          lines: ladders.filter(({ steps }) => steps.length > 1).flatMap(linesOf),
        },
      ],
      targets: targetsOf(ladders),
      measured: ladders.flatMap(({ steps }) => steps.map(({ at }) => at)),
    }
  },
}

const SLOW = `${OURS}, fsync slower by 10 ms`

async function climb(bench: Bench, name: string, entry: Entry, shares: readonly number[]): Promise<Ladder> {
  const at = (label: string, load: NonNullable<Entry['trial']['load']>, rounds?: number) =>
    bench.compare([{ label: `${name} ${label}`, trial: { ...entry.trial, load } }], rounds)
  const [saturated] = await at('saturated by 256 connections', { loop: { kind: 'closed', connections: 256 } })
  const saturation = Math.max(LEAST_RATE, saturated?.rate.median ?? 0)
  const steps: { share: number; at: Compared }[] = []
  for (const share of shares) {
    const loop = {
      kind: 'open',
      perSecond: saturation * share,
      // A receiver that has just been started would go on with what piled up meanwhile; and what it refuses with must be warm too.
      warmupPerSecond: saturation * (share > 1 ? share : Math.min(share, HALF)),
      // As many as may be on their way within the limit of PRESS.
      maxConnections: Math.ceil(saturation * share * LIMIT_S),
    } as const
    // What targets go by is measured in every round, the rest of the curve once.
    const rounds = share === HALF || share === TWICE ? undefined : 1
    const [compared] = await at(`at ${percent(share)} of that`, { loop }, rounds)
    if (compared) steps.push({ share, at: compared })
  }
  return { name, saturation, steps }
}

function tableOf({ name, saturation, steps }: Ladder): Table {
  const sum = (at: Compared, of: (round: Compared['rounds'][number]) => number) =>
    at.rounds.reduce((total, round) => total + of(round), 0)
  const middle = (at: Compared, of: (round: Compared['rounds'][number]) => number) =>
    median(at.rounds.map(of))
  return {
    title: `${name}: saturated at ${whole(saturation)} a second`,
    columns: [
      'offered',
      'a second',
      'accepted a second',
      'p50',
      'p99',
      'p99.9',
      'slowest',
      'answered 503',
      'p99 of those',
      'accepted after 500 ms',
      'answered 503 after that',
      'unanswered',
    ],
    rows: steps.map(({ share, at }) => [
      percent(share),
      whole(saturation * share),
      whole(at.rate.median),
      ms(at.p50Ms),
      ms(at.p99Ms),
      ms(middle(at, ({ load }) => load.latencies.p999Ms)),
      ms(middle(at, ({ load }) => load.latencies.maxMs)),
      whole(sum(at, ({ load }) => load.refused)),
      ms(middle(at, ({ load }) => load.refusals.p99Ms)),
      whole(sum(at, ({ load }) => load.late)),
      whole(sum(at, ({ load }) => load.lateRefusals)),
      whole(sum(at, ({ load }) => load.unanswered)),
    ]),
  }
}

function linesOf({ name, steps }: Ladder): Line[] {
  const below = steps.filter(({ share }) => share <= 1)
  const line = (label: string, of: (at: Compared) => number): Line => ({
    label: `${label}, ${name}`,
    points: below.map(({ share, at }) => [share, of(at)] as const),
  })
  return [line('p50', ({ p50Ms }) => p50Ms), line('p99', ({ p99Ms }) => p99Ms)]
}

function targetsOf(ladders: readonly Ladder[]): Target[] {
  const step = (name: string, share: number) =>
    ladders.find((ladder) => ladder.name === name)?.steps.find((each) => each.share === share)?.at
  const p99 = (name: 'half-p99' | 'half-p99-slow', at: Compared | undefined, limitMs: number): Target[] =>
    at === undefined ? [] : [{ name, measured: ms(at.p99Ms), met: at.rate.min > 0 && at.p99Ms < limitMs }]
  const twice = step(OURS, TWICE)
  const sum = (of: (load: LoadReport) => number) =>
    twice?.rounds.reduce((total, { load }) => total + of(load), 0) ?? Number.NaN
  const late = sum((load) => load.late + load.lateRefusals + load.unanswered)
  const measured = `${whole(late)} of ${whole(sum((load) => load.accepted + load.refused + load.unanswered))}`
  return [
    ...p99('half-p99', step(OURS, HALF), 10),
    ...p99('half-p99-slow', step(SLOW, HALF), 50),
    {
      name: 'late',
      measured: `${measured}; ${whole(sum((load) => load.refused))} answered 503`,
      met: late === 0 && (twice?.rate.min ?? 0) > 0,
    },
  ]
}
