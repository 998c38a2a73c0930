import { gzipSync } from 'node:zlib'
import type { PreparedDelivery } from '@kyc-webhooks/simulator'
import { REFUSED, type Wanted } from '../exchange.ts'
import { expectEach, type Step } from '../expect-each.ts'
import { withSignature } from '../forge.ts'
import { type Point, PRACTICE, pass, warn } from '../point.ts'
import type { Trial } from '../trial.ts'

/** More than any delivery has. */
const TOO_LARGE_BYTES = 20_000_000
const WAIT_MS = 2_000

/** There was a reply, or the connection was cut. */
const NOT_READ: Wanted = {
  words: 'a refusal before the rest comes',
  holds: (reply) => REFUSED.holds(reply) || (reply.status === undefined && !isStillReading(reply)),
}
const isStillReading = ({ reason = '' }: { reason: string | undefined }) => reason.startsWith('no reply')

/** What no provider sends, and what no page asks for. */
export const ODD_POINTS: readonly Point[] = [
  {
    id: 'strict',
    group: 'signature',
    title: 'What is odd about a delivery is refused, and not guessed at',
    pages: { press: PRACTICE, uip: PRACTICE, 'advance-ai': PRACTICE },
    why: 'Where a receiver takes a part for the whole, two programs that look at one delivery see two: the proxy that logs one signature, and the application that checks the other.',
    mend: 'Compare the text of the signature, not what a lenient decoder makes of it: `Buffer.from(text, "hex")` stops at the first character that is none. Take timestamps for digits alone, where `parseInt` takes `1700000000abc`. Refuse a repeated header and a `Content-Encoding`.',
    async run(trial) {
      const found = await expectEach(trial, REFUSED, oddities(trial))
      return found.status === 'fail' ? warn(found.reason) : found
    },
  },
  {
    id: 'body-limit',
    group: 'replies',
    title: 'A body that is far too large is refused before it has come',
    pages: { press: PRACTICE, uip: PRACTICE, 'advance-ai': PRACTICE },
    why: 'Anybody can send it, without a signature. A few of them at the same time fill the memory.',
    mend: 'Set a limit, at the proxy or for the body parser: 1 MB is more than any delivery has. Refuse by `Content-Length` with 413, and count what comes in chunks.',
    async run(trial) {
      const forgery = trial.prepare({ flaw: 'bad-signature' })
      const delivery = { ...forgery, body: Buffer.alloc(TOO_LARGE_BYTES, ' ') }
      const reply = await trial.sendHalf('the first half of 20 MB, forged', delivery, NOT_READ, WAIT_MS)
      if (!NOT_READ.holds(reply))
        return warn(`10 MB of 20 MB were taken without a refusal: ${reply.status ?? reply.reason}`)
      return pass(
        reply.status === undefined ? `the connection was cut (${reply.reason})` : `answered ${reply.status}`,
      )
    },
  },
]

function oddities(trial: Trial): Step[] {
  const { target } = trial.bench
  const signed = (change: (signature: string) => string) => withSignature(trial.prepare(), change)
  const odd: Step[] = [
    [
      'the signature, and what is no digit after it',
      signed((text) => `${text}${text.endsWith('=') ? '!!' : 'zz'}`),
    ],
    ['a wrong signature and the right one', signed((text) => `${text.replace(/[^=]/g, '0')}, ${text}`)],
    ['compressed, with Content-Encoding', compressed(trial.prepare())],
  ]
  const isDated = target.simulator.flaws.includes('stale-timestamp')
  const now = Math.floor(Date.now() / 1_000)
  return isDated ? [...odd, ['letters after the timestamp', trial.prepare({ timestamp: `${now}abc` })]] : odd
}

const compressed = ({ headers, body, ...delivery }: PreparedDelivery): PreparedDelivery => ({
  ...delivery,
  headers: { ...headers, 'Content-Encoding': 'gzip' },
  body: gzipSync(body),
})
