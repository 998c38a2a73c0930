import { Failure } from '../exit.ts'
import { createBench } from './bench.ts'
import { type Conclusion, fail, notShown, type Point, PRACTICE, type Status } from './point.ts'
import type { Finding, Report } from './report.ts'
import type { Target } from './target.ts'
import { Trial } from './trial.ts'

export interface RunOptions {
  /** Of this program, for the report. */
  readonly version: string
  /** Hears of each point before it is run. */
  readonly onPoint?: (point: Point, index: number) => void
}

/** Runs points one after the other: what one sends must not get in the way of another. */
export async function runChecklist(
  target: Target,
  points: readonly Point[],
  { version, onPoint = () => {} }: RunOptions,
): Promise<Report> {
  const bench = createBench(target)
  const at = new Date().toISOString()
  const startedAt = performance.now()
  const findings: Finding[] = []
  let obstacle: string | undefined
  for (const [index, point] of points.entries()) {
    onPoint(point, index)
    const trial = new Trial(bench)
    const from = performance.now()
    const conclusion =
      obstacle === undefined
        ? await conclusionOf(point, trial)
        : notShown(`nothing can be seen of it while ${obstacle} fails`)
    if (conclusion.final) obstacle = point.id
    const { id, group, title, why, mend, pages } = point
    findings.push({
      ...{ id, group, title, page: pages[target.provider] ?? PRACTICE },
      ...{ status: conclusion.status, reason: bench.hidden.conceal(conclusion.reason), why },
      mend: conclusion.mend ?? mend,
      ...{ durationMs: performance.now() - from, exchanges: trial.exchanges },
    })
  }
  const counts = { pass: 0, warn: 0, fail: 0, 'not-shown': 0 } satisfies Record<Status, number>
  for (const { status } of findings) counts[status]++
  return {
    ...{ provider: target.provider, url: shownUrl(target.url), at, version },
    durationMs: performance.now() - startedAt,
    verdict: counts.fail > 0 ? 'fail' : 'pass',
    ...{ counts, points: findings },
  }
}

/** A probe that does not do its part is a point that fails. */
async function conclusionOf(point: Point, trial: Trial): Promise<Conclusion> {
  try {
    return await point.run(trial)
  } catch (error) {
    if (error instanceof Failure) return fail(error.message)
    throw error
  }
}

const shownUrl = ({ origin, pathname, search }: URL): string =>
  origin + pathname + (search === '' ? '' : '?...')
