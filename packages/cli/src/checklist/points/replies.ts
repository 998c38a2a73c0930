import type { ProviderName } from '../../providers.ts'
import { ACCEPTED, type Reply, type Wanted } from '../exchange.ts'
import { fail, type Point, PRACTICE, pass, warn } from '../point.ts'
import type { Trial } from '../trial.ts'
import { unknownType } from './events.ts'

/** How soon each provider wants its reply, in milliseconds. UIP documents nothing: assumed. */
export const REPLY_LIMITS_MS: Readonly<Record<ProviderName, number>> = {
  press: 500,
  uip: 10_000,
  'advance-ai': 60_000,
}

/** Other refusals and faults are for other points. */
const EXACTLY_200: Wanted = {
  words: '200, if it is accepted',
  holds: (reply) => !ACCEPTED.holds(reply) || reply.status === 200,
}

export const REPLY_POINTS: readonly Point[] = [
  {
    id: 'exactly-200',
    group: 'replies',
    title: 'What is accepted is answered 200 exactly',
    pages: {
      press: {
        name: 'Network Flow, Endpoint Requirements',
        says: 'Respond with HTTP 200 within 500 milliseconds.',
      },
      uip: {
        name: 'Webhooks, Error Handling',
        says: 'If your webhook endpoint returns an error (non-200 status code) or times out, UIP will retry the webhook',
      },
    },
    why: 'UIP takes 201, 202 and 204 for errors: it sends again five times, then gives the event up. PRESS asks for 200, and takes any 2xx.',
    mend: 'Answer `res.status(200)`, for duplicates and for types that you do not use as well.',
    async run(trial) {
      const delivery = trial.prepare()
      const replies = [
        await trial.send('a genuine delivery', delivery, EXACTLY_200),
        await trial.send('the same once more', delivery, EXACTLY_200),
        await trial.send('of an unknown type', unknownType(trial), EXACTLY_200),
      ]
      const others = replies.filter((reply) => !EXACTLY_200.holds(reply)).map(({ status }) => status)
      if (others.length === 0) return pass('200, also for a duplicate and for an unknown type')
      const reason = `answered ${[...new Set(others)].join(', ')}. Wanted: 200.`
      return trial.bench.target.provider === 'uip' ? fail(reason) : warn(reason)
    },
  },
  {
    id: 'in-time',
    group: 'replies',
    title: 'The reply comes well within the time limit, under normal load',
    pages: {
      press: {
        name: 'Network Flow, Sandbox Checklist',
        says: 'Confirm under normal load your endpoint returns 200 well within the timeout.',
      },
      uip: {
        name: 'Webhooks, Best Practices',
        says: 'Process webhooks asynchronously and return 200 immediately to avoid timeouts',
      },
      'advance-ai': { name: 'Webhook, HTTP Request', says: 'Timeout | 60 seconds' },
    },
    why: 'A reply that is late counts as none: the delivery comes again, and in the end is given up.',
    mend: 'Record the event, reply, and do the work afterwards, in a worker: no request to another server and no e-mail before the reply.',
    run: timeReplies,
  },
  {
    id: 'no-stack-traces',
    group: 'replies',
    title: 'Replies tell nothing about the inside of the application',
    pages: { press: PRACTICE, uip: PRACTICE, 'advance-ai': PRACTICE },
    why: 'Stacks, paths and versions help nobody but an attacker, and anybody can provoke them at a public address.',
    mend: 'Give the application an error handler of its own, above all for what its body parser throws, and in production set `NODE_ENV=production`.',
    run: provokeErrors,
  },
]

async function timeReplies(trial: Trial) {
  const { provider, replyLimitMs: limitMs = REPLY_LIMITS_MS[provider] } = trial.bench.target
  const { account } = await trial.load((count, rate) => `${count} deliveries, ${rate} in a second`)
  const { latencies, sent, replies } = account
  const accepted = Object.entries(replies).reduce(
    (sum, [status, count]) => sum + (/^2/.test(status) ? count : 0),
    0,
  )
  const [p99, longest] = [Math.round(latencies.p99Ms), Math.round(latencies.maxMs)]
  const reason = `${accepted} of ${sent} accepted; the slowest reply took ${longest} ms, and the limit is ${limitMs} ms`
  if (accepted < sent || latencies.maxMs > limitMs) return fail(reason)
  return p99 > limitMs / 2 ? warn(`${reason}: not well within`) : pass(reason)
}

async function provokeErrors(trial: Trial) {
  const { draft, target } = trial.bench
  const quiet: Wanted = {
    words: 'no stack, no path',
    holds: (reply) => leakOf(reply, target.secret) === undefined,
  }
  const nothing = { ...draft(), body: Buffer.from('null') }
  const steps = [
    ['JSON that breaks off, signed', trial.prepare({ flaw: 'malformed-body' })],
    ['JSON that breaks off, with a bad signature', forged(trial)],
    ['a signature of one character', trial.prepare({ flaw: 'malformed-signature' })],
    ['null in place of an object, signed', trial.prepare({}, nothing)],
  ] as const
  const leaks: string[] = []
  for (const [sent, delivery] of steps) {
    const leak = leakOf(await trial.send(sent, delivery, quiet), target.secret)
    if (leak !== undefined) leaks.push(`${sent}: the reply holds ${leak}`)
  }
  return leaks.length > 0 ? fail(`${leaks.join('; ')}.`) : pass('four errors provoked, nothing told')
}

function forged(trial: Trial) {
  const { headers } = trial.prepare({ flaw: 'bad-signature' })
  return { ...trial.prepare({ flaw: 'malformed-body' }), headers }
}

/** What looks like the inside of an application, in any of the usual languages. */
const LEAKS: readonly (readonly [what: string, pattern: RegExp])[] = [
  [
    'a stack of JavaScript',
    /\bat (?:[^\n<]{0,200}\()?(?:file:\/\/|node:|[A-Za-z]:\\|\/)[^\n<]{0,300}:\d+:\d+/,
  ],
  ['a stack of Python', /Traceback \(most recent call last\)|File "[^"\n]{1,300}", line \d+/],
  ['a stack of Java or .NET', /\bat [\w$.<>]{1,200}\([\w$]{1,100}\.(?:java|kt|cs):\d+\)/],
  ['a stack of PHP or Ruby', /#\d+ \/[^\n]{1,300}\.php\(\d+\)|\.rb:\d+:in /],
  ['a path of the server', /node_modules[/\\]|site-packages[/\\]/],
]

function leakOf({ body }: Reply, secret: string): string | undefined {
  if (body.includes(secret)) return 'the secret'
  return LEAKS.find(([, pattern]) => pattern.test(body))?.[0]
}
