import { expect, test } from 'vitest'
import type { HandlerLine } from '../src/staged-handler.ts'
import type { Seen } from '../src/step.ts'
import { tallyOf } from '../src/tally.ts'

const sent = { at: 0, bodyBytes: 2 }

/** A delivery of some events, answered with a status, or not answered and then answered. */
function seen(ids: string[], ...statuses: (number | undefined)[]): Seen {
  const attempts = statuses.map((status) =>
    status === undefined
      ? { ...sent, durationMs: 9_000, verdict: 'failed' as const, error: 'timeout', reason: 'no reply' }
      : {
          ...sent,
          durationMs: 3,
          verdict: 'accepted' as const,
          status,
          replyHeaders: {},
          replyBody: '',
          replyBytes: 0,
        },
  )
  return { ids, attempts, handler: [], said: undefined }
}

const line = (id: string, result: HandlerLine['result'] = 'handled'): HandlerLine => {
  return { id, result, provider: 'press', attempt: 1 }
}

test('what was acknowledged and not handled is lost, begun or not', () => {
  const tally = tallyOf([seen(['a', 'b'], 200), seen(['c'], 503)], [line('a'), line('b', 'started')])
  expect(tally).toMatchObject({ acknowledged: 2, handled: 1, lost: 1 })
})

test('what was handled and not acknowledged is told, and not set off against what was lost', () => {
  const tally = tallyOf([seen(['a'], 200), seen(['b'], 401)], [line('b')])
  expect(tally).toMatchObject({ acknowledged: 1, handled: 1, lost: 1, unacknowledged: 1 })
})

test('an event counts once, however often it is acknowledged and handled', () => {
  const tally = tallyOf([seen(['a'], 200), seen(['a'], 200)], [line('a'), line('a'), line('a')])
  expect(tally).toMatchObject({ acknowledged: 1, handled: 1, handledTwice: 1, lost: 0, unacknowledged: 0 })
})

test('attempts that were not answered count as attempts, and their time is none of a reply', () => {
  const tally = tallyOf([seen(['a'], undefined, 200)], [line('a')])
  expect(tally).toMatchObject({ deliveries: 1, attempts: 2, slowestMs: 3, acknowledged: 1 })
})
