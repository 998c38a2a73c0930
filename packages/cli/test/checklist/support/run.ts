import { simulators } from '@kyc-webhooks/simulator'
import type { Status } from '../../../src/checklist/point.ts'
import { pointsOf } from '../../../src/checklist/points.ts'
import type { Report } from '../../../src/checklist/report.ts'
import { runChecklist } from '../../../src/checklist/run-checklist.ts'
import type { Target } from '../../../src/checklist/target.ts'
import type { ProviderName } from '../../../src/providers.ts'
import { secrets } from '../../support/secrets.ts'
import type { HandWritten } from './hand-written.ts'

/** Runs all points in this process, against a time limit that a busy machine keeps too. */
export function runAll(
  provider: ProviderName,
  { url, otherUrl, probe }: Pick<HandWritten, 'url'> & Partial<HandWritten>,
  { timeLimitMs = 65_000, ...more }: Partial<Target> & { timeLimitMs?: number } = {},
): Promise<Report> {
  const secret = secrets[provider]
  const simulate = (to: URL, algorithm?: 'sha512') =>
    simulators[provider].simulate({
      ...{ url: to, secret, retrySchedule: [], timeLimitMs, slowBodyMs: 200 },
      ...(algorithm === undefined ? {} : { algorithm }),
      ...(more.ca === undefined ? {} : { ca: more.ca }),
    })
  const elsewhere = { name: 'sha512', simulator: simulate(otherUrl ?? url, 'sha512') } as const
  const other = provider === 'advance-ai' ? { ...elsewhere, isElsewhere: otherUrl !== undefined } : undefined
  const target: Target = {
    ...{ provider, url, secret, probe, other, simulator: simulate(url) },
    ...{ load: { rate: 20, count: 5 }, quietMs: 100, replyLimitMs: 10_000 },
    ...more,
  }
  return runChecklist(target, pointsOf(provider, provider !== 'uip'), { version: '0.0.0' })
}

/** The points of a report that came to this. */
export const withStatus = ({ points }: Report, status: Status): string[] =>
  points.filter((point) => point.status === status).map(({ id }) => id)
