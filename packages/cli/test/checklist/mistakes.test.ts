import { expect, test } from 'vitest'
import { POINTS } from '../../src/checklist/points.ts'
import type { ProviderName } from '../../src/providers.ts'
import { handWritten } from './support/hand-written.ts'
import type { Mistake } from './support/mistake.ts'
import { runAll, withStatus } from './support/run.ts'

const ALL = ['press', 'uip', 'advance-ai'] as const
/** On http: nothing of TLS is seen. */
const TLS = ['https', 'tls-version']

test.each(ALL)('%s: a sound receiver passes every point', async (provider) => {
  const report = await runAll(provider, await handWritten(provider))
  expect(report.points.filter(({ status, id }) => status !== 'pass' && !TLS.includes(id))).toEqual([])
  expect(report).toMatchObject({ verdict: 'pass' })
})

/** What is wrong, the one point that is for it, and at which providers it can be wrong. */
const MISTAKES: readonly (readonly [Mistake, string, ...ProviderName[]])[] = [
  ['no-signature-check', 'bad-signature', ...ALL],
  ['compares-beginnings', 'bad-signature', ...ALL],
  ['throws-at-short-signatures', 'bad-signature', 'press'],
  ['throws-beyond-ascii', 'bad-signature', 'press'],
  ['decodes-the-body', 'bad-signature', ...ALL],
  ['knows-an-empty-secret', 'bad-signature', ...ALL],
  ['answers-tests-unverified', 'bad-signature', 'uip'],
  ['replies-by-a-timer', 'bad-signature', 'press'],
  ['puts-the-body-into-a-pattern', 'raw-body', ...ALL],
  ['lets-nan-pass', 'stale-timestamp', 'press', 'advance-ai'],
  ['no-stale-check', 'stale-timestamp', 'press', 'advance-ai'],
  ['allows-six-minutes', 'stale-timestamp', 'press', 'advance-ai'],
  ['no-nonce-check', 'reused-nonce', 'advance-ai'],
  ['one-algorithm', 'both-algorithms', 'advance-ai'],
  ['answers-202', 'exactly-200', 'uip'],
  ['answers-204', 'exactly-200', 'uip'],
  ['one-content-type', 'content-type', 'press'],
  ['takes-get', 'post-only', ...ALL],
  ['refuses-a-type', 'event-types', ...ALL],
  ['fails-at-new-fields', 'unknown-fields', 'press', 'uip'],
  ['small-limit', 'body-size', 'press', 'advance-ai'],
  ['handles-duplicates', 'duplicates', ...ALL],
  ['looks-then-inserts', 'duplicates', 'uip'],
  ['records-after-the-reply', 'recorded-first', 'press', 'uip'],
  ['echoes-stacks', 'no-stack-traces', ...ALL],
  ['echoes-the-secret', 'no-stack-traces', 'press'],
]
const WARNINGS: readonly (readonly [Mistake, string])[] = [
  ['answers-202', 'exactly-200'],
  ['refuses-new-types', 'unknown-types'],
  ['refuses-cloud-events', 'cloud-event'],
  ['clock-is-off', 'clock'],
  ['looks-types-up-in-an-object', 'unknown-types'],
  ['reads-hex-leniently', 'strict'],
  ['takes-the-last-of-a-list', 'strict'],
  ['parses-timestamps-leniently', 'strict'],
  ['inflates', 'strict'],
  ['has-no-limit', 'body-limit'],
  ['goes-by-the-header-for-ids', 'unsigned-id'],
]
/** What some of them let through besides. */
const ALSO: Partial<Record<Mistake, string>> = {
  'no-signature-check': 'strict',
  'compares-beginnings': 'strict',
  'throws-at-short-signatures': 'strict',
  'lets-nan-pass': 'strict',
  'no-stale-check': 'strict',
  'handles-duplicates': 'unsigned-id',
}
const cases = MISTAKES.flatMap(([mistake, point, ...providers]) =>
  providers.map((provider) => ({ mistake, point, provider })),
)

test.each(cases)(
  '$provider: $mistake is found by $point and by nothing else',
  async ({ mistake, point, provider }) => {
    const { otherUrl, ...receiver } = await handWritten(provider, mistake)
    // There it would be found a second time.
    const elsewhere = mistake === 'no-signature-check' ? {} : { otherUrl }
    const report = await runAll(provider, { ...receiver, ...elsewhere })
    expect(withStatus(report, 'fail')).toEqual([point])
    expect(withStatus(report, 'warn').filter((id) => id !== ALSO[mistake])).toEqual([])
    expect(withStatus(report, 'not-shown').filter((id) => !TLS.includes(id))).toEqual([])
    const found = report.points.find(({ id }) => id === point)
    expect(found?.exchanges.some(({ asWanted }) => !asWanted)).toBe(true)
  },
)

test('press: a reply that waits for the handler is found by in-time and by nothing else', {
  timeout: 120_000,
}, async () => {
  const receiver = await handWritten('press', 'replies-after-the-handler')
  const report = await runAll('press', receiver, { replyLimitMs: 500 })
  expect(withStatus(report, 'fail')).toEqual(['in-time'])
})

test.each(ALL)(
  '%s: to hash what was parsed lets forgeries through, and refuses what is genuine',
  async (provider) => {
    const { url, probe } = await handWritten(provider, 'signs-parsed-body')
    const report = await runAll(provider, { url, probe })
    expect(withStatus(report, 'fail')).toEqual(['raw-body', 'bad-signature'])
    const [, forgery] = report.points.filter(({ status }) => status === 'fail')
    expect(forgery?.reason).toMatch(
      /a space more after the body: 200.*a byte that is no UTF-8 in the body: 200/,
    )
  },
)

test('a forgery that is never answered: told, and not waited for again', async () => {
  const { url } = await handWritten('press', 'hangs-at-forgeries')
  const report = await runAll('press', { url }, { timeLimitMs: 1_000 })
  const { reason } = report.points.find(({ id }) => id === 'bad-signature') ?? {}
  expect(reason).toMatch(/no reply \(no complete reply within 1000 ms\); \d+ more not sent after that/)
})

test('a body that a parser has read, and that is waited for: the mend names it', async () => {
  const { url } = await handWritten('press', 'waits-for-a-parsed-body')
  const report = await runAll('press', { url }, { timeLimitMs: 500 })
  expect(report.points.find(({ id }) => id === 'accepted')).toMatchObject({
    status: 'fail',
    mend: expect.stringContaining('stays silent, a body parser may have read the body first'),
  })
})

test.each([
  ['redirects', 'no-redirect', '308, to /hook/'],
  ['challenges', 'no-challenge', 'Basic realm="staging"'],
] as const)('%s is found by %s, and what it hides is not shown', async (mistake, point, reason) => {
  const report = await runAll('press', await handWritten('press', mistake))
  expect(withStatus(report, 'fail')).toEqual([point])
  expect(report.points.find(({ id }) => id === point)?.reason).toContain(reason)
  const ids = report.points.map(({ id }) => id)
  expect(withStatus(report, 'not-shown')).toEqual([...TLS, ...ids.slice(ids.indexOf(point) + 1)])
})

test.each(WARNINGS)('press: %s is a warning of %s, and no failure', async (mistake, point) => {
  const report = await runAll('press', await handWritten('press', mistake))
  expect(withStatus(report, 'fail')).toEqual([])
  expect(withStatus(report, 'warn')).toEqual([point])
  expect(report.verdict).toBe('pass')
})

test('without a probe, what replies alone do not show is said to be not shown', async () => {
  const { url } = await handWritten('press', 'handles-duplicates')
  const report = await runAll('press', { url })
  expect(report.verdict).toBe('pass')
  expect(withStatus(report, 'not-shown')).toEqual([...TLS, 'duplicates', 'recorded-first', 'unsigned-id'])
})

test('nobody there: one point says so, and nothing else is shown', async () => {
  const report = await runAll('uip', { url: new URL('http://127.0.0.1:1/') })
  expect(withStatus(report, 'fail')).toEqual(['accepted'])
  expect(withStatus(report, 'pass')).toEqual([])
})

test('every point is shown to find something; those of TLS elsewhere', () => {
  const found = [...MISTAKES, ...WARNINGS].map(([, point]) => point)
  const others = [...TLS, 'no-redirect', 'no-challenge', 'accepted', 'in-time']
  expect([...new Set([...found, ...others])].toSorted()).toEqual(POINTS.map(({ id }) => id).toSorted())
})
