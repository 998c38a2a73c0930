import { expect, test } from 'vitest'
import { accountOf, type Evidence, isGood } from '../src/account.ts'
import type { Effect } from '../src/ledger.ts'
import type { Sent, SentAttempt } from '../src/load.ts'
import type { Kill } from '../src/member.ts'

/** A delivery of some events, with attempts that came to these statuses; `undefined` is no reply. */
function sent(ids: string[], ...statuses: (number | undefined)[]): Sent {
  const outcome = statuses.includes(200) ? 'accepted' : 'gave-up'
  return { provider: 'press', ids, attempts: statuses.map(attempt), outcome, wasSentTwice: false }
}

function attempt(status: number | undefined): SentAttempt {
  const durationMs = status === undefined ? 500 : 3
  if (status === undefined) return { durationMs, verdict: 'failed', error: 'timeout' }
  const replyBody = status === 503 ? '{"error":{"code":"budget-exceeded","message":"..."}}' : ''
  return { durationMs, verdict: status === 200 ? 'accepted' : 'failed', status, replyBody }
}

const effect = (eventId: string, worker = 'worker-1.1', handledAt: number | undefined = 1_000): Effect => ({
  ...{ eventId, worker, handledAt, receivedAt: 900 },
})
const run = (eventId: string, worker = 'worker-1.1') => ({ eventId, worker })
const killed = (process: string, at: number, kind: Kill['kind'] = 'worker'): Kill => ({
  ...{ kind, process, at, pid: 1 },
})
const account = (evidence: Partial<Evidence>) =>
  accountOf({ sent: [], runs: [], effects: [], kills: [], deadLetters: 0, ...evidence })

test('what was acknowledged and has no effect is lost', () => {
  const found = account({ sent: [sent(['a', 'b'], 200), sent(['c'], 503)], effects: [effect('a')] })
  expect(found).toMatchObject({ acknowledged: 1, gaveUp: 1, events: 2, handled: 1, lost: 1 })
  expect(isGood(found)).toBe(false)
})

test('half an effect is no handled event', () => {
  const half: Effect = { ...effect('a'), handledAt: undefined }
  expect(account({ sent: [sent(['a'], 200)], effects: [half] })).toMatchObject({ handled: 0, lost: 1 })
})

test('an event with two effects is doubled; one whose handler only ran twice is not', () => {
  const evidence = { sent: [sent(['a'], 200), sent(['b'], 200)], runs: [run('a'), run('a'), run('b')] }
  const repeated = account({ ...evidence, effects: [effect('a'), effect('b')] })
  expect(repeated).toMatchObject({ handlerRunsRepeated: 1, effectsDoubled: 0, lost: 0 })
  expect(isGood(repeated)).toBe(true)
  const doubled = account({ ...evidence, effects: [effect('a'), effect('a'), effect('b')] })
  expect(doubled).toMatchObject({ effectsDoubled: 1, lost: 0 })
  expect(isGood(doubled)).toBe(false)
})

test('what was recorded while the reply was lost is neither lost nor doubled, nor set off against what is', () => {
  const found = account({ sent: [sent(['a'], undefined, 502), sent(['b'], 200)], effects: [effect('a')] })
  expect(found).toMatchObject({ handledUnacknowledged: 1, events: 1, handled: 0, lost: 1, effectsDoubled: 0 })
})

test('attempts are counted by what became of them; only a reply has a time', () => {
  const found = account({ sent: [sent(['a'], undefined, 502, 200), sent(['b'], undefined, 503, 200)] })
  expect(found).toMatchObject({ deliveries: 2, attempts: 6, slowestReplyMs: 3 })
  expect(found.failedAttempts).toEqual({ timeout: 2, 502: 1, '503 budget-exceeded': 1 })
})

test('a run in which nothing was acknowledged is not good, nor is one with a refusal', () => {
  expect(isGood(account({}))).toBe(false)
  const one = { sent: [sent(['a'], 200)], effects: [effect('a')] }
  expect(isGood(account(one))).toBe(true)
  const refused: Sent = { ...sent(['b'], 401), outcome: 'refused' }
  expect(isGood(account({ ...one, sent: [...one.sent, refused] }))).toBe(false)
})

test('taking over lasts from a kill to the last of the events that were in hand', () => {
  const runs = ['a', 'b', 'c'].map((id) => run(id, 'worker-1.1'))
  const { takeOver } = account({
    runs: [...runs, run('b', 'worker-2.1'), run('c', 'worker-1.2'), run('d', 'worker-2.1')],
    effects: [
      effect('a', 'worker-1.1', 900),
      effect('b', 'worker-2.1', 13_000),
      effect('c', 'worker-1.2', 15_000),
      effect('d', 'worker-2.1', 99_000),
    ],
    kills: [
      killed('worker-1.1', 1_000),
      killed('worker-2.1', 100_000),
      killed('receiver-1.1', 0, 'receiver'),
    ],
  })
  expect(takeOver).toEqual({ workers: 1, medianMs: 14_000, longestMs: 14_000 })
})

test('no kill may have met an event in hand', () => {
  const found = account({ runs: [run('a')], effects: [effect('a')], kills: [killed('worker-1.1', 2_000)] })
  expect(found).toMatchObject({ takeOver: null, kills: { workers: 1, receivers: 0 } })
})

test('the lag is from receiving to the end of the handler', () => {
  const effects = Array.from({ length: 100 }, (_, index) => effect(`${index}`, 'worker-1.1', 901 + index))
  expect(account({ effects }).lagMs).toEqual({ p50: 50, p99: 99, max: 100 })
  expect(account({}).lagMs).toBeNull()
})
