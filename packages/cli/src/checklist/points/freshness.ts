import type { PreparedDelivery } from '@kyc-webhooks/simulator'
import { ACCEPTED, REFUSED, told } from '../exchange.ts'
import { expectEach } from '../expect-each.ts'
import { fail, notShown, type Point, PRACTICE, pass, warn } from '../point.ts'

/** Within the five minutes of the pages: a delivery that took its time, or a clock that is off a little. */
const STILL_FRESH_SECONDS = 240
/** Just beyond them. */
const JUST_STALE_SECONDS = 330
/** Beyond which a clock is not looked after, in milliseconds. */
const CLOCK_TOLERANCE_MS = 30_000

/** What stops a captured delivery from being sent again. */
export const FRESHNESS_POINTS: readonly Point[] = [
  {
    id: 'stale-timestamp',
    group: 'signature',
    title: 'A timestamp more than five minutes from now is refused, a fresher one is not',
    pages: {
      press: {
        name: 'Network Flow, Sandbox Checklist',
        says: 'Reject requests where the X-Webhook-Timestamp is older than 5 minutes.',
      },
      uip: { ...PRACTICE, name: 'Session API: the timestamp is signed' },
      'advance-ai': {
        name: 'Webhook, Step 2: Validate Timestamp',
        says: 'Requests outside this window must be rejected',
      },
    },
    dated: true,
    why: 'Whoever captured a delivery, from a log or a proxy, can send it again for ever.',
    mend: 'After the signature, refuse with 401 when `Math.abs(now - timestamp) > 300` seconds, or when the timestamp is not made of digits alone: a comparison with `NaN` refuses nothing.',
    run: async (trial) => {
      const now = Math.floor(Date.now() / 1_000)
      const fresh = await expectEach(trial, ACCEPTED, [
        ['signed four minutes ago', trial.prepare({ timestamp: now - STILL_FRESH_SECONDS })],
      ])
      const stale = await expectEach(trial, REFUSED, [
        ['signed five and a half minutes ago', trial.prepare({ timestamp: now - JUST_STALE_SECONDS })],
        [
          'signed five and a half minutes ahead of time',
          trial.prepare({ timestamp: now + JUST_STALE_SECONDS }),
        ],
        ['signed ten minutes ago', trial.prepare({ flaw: 'stale-timestamp' })],
        ['signed ten minutes ahead of time', trial.prepare({ flaw: 'future-timestamp' })],
        ['a timestamp that is no number', trial.prepare({ timestamp: 'abc' })],
        ['without a timestamp', trial.prepare({ flaw: 'missing-timestamp' })],
      ])
      if (fresh.status === 'fail') return fresh
      return stale.status === 'fail' ? stale : pass(`the fresh one was ${fresh.reason}; ${stale.reason}`)
    },
  },
  {
    id: 'reused-nonce',
    group: 'signature',
    title: 'A nonce is used once',
    pages: {
      'advance-ai': {
        name: 'Webhook, Step 3: Validate Nonce',
        says: 'If the nonce is reused, reject the request',
      },
    },
    why: 'The nonce is what tells a captured delivery, sent again within the five minutes, from a new one.',
    mend: 'Remember each nonce, together with the event, for as long as its timestamp passes: ten minutes, since it may lie five ahead. Refuse a known one, and a missing one.',
    async run(trial) {
      const first = trial.prepare()
      const reply = await trial.send('a genuine delivery', first, ACCEPTED)
      if (!ACCEPTED.holds(reply)) return fail(`a genuine delivery: ${told(reply)}. Wanted: 2xx.`)
      return expectEach(trial, REFUSED, [
        ['another event, with the nonce of the one before', trial.prepare({ nonce: nonceOf(first) })],
        ['without a nonce', trial.prepare({ flaw: 'missing-nonce' })],
      ])
    },
  },
  {
    id: 'clock',
    group: 'signature',
    title: 'The clock of the server is right',
    pages: {
      press: {
        name: 'Network Flow, Sandbox Checklist',
        says: 'Ensure your server clock is synchronised via NTP — clock drift will cause valid requests to be incorrectly rejected.',
      },
      uip: PRACTICE,
      'advance-ai': {
        name: 'Webhook, Step 2: Validate Timestamp',
        says: 'The timestamp must be within ±5 minutes of current time',
      },
    },
    dated: true,
    why: 'With a clock that is off by minutes, genuine deliveries look stale and are refused.',
    mend: 'Run NTP (chrony, systemd-timesyncd), on the machine that the receiver runs on.',
    async run(trial) {
      const { headers } = await trial.send('a genuine delivery', trial.prepare())
      const told = Date.parse(headers.date ?? '')
      if (Number.isNaN(told)) return notShown('the reply has no header Date')
      const offMs = Math.abs(Date.now() - told)
      const seconds = `${Math.round(offMs / 1_000)} s from the clock here, by its header Date`
      return offMs > CLOCK_TOLERANCE_MS ? warn(seconds) : pass(seconds)
    },
  },
]

const nonceOf = ({ headers }: PreparedDelivery): string => headers['aai-nonce'] ?? ''
