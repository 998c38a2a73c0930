import { setTimeout as delay } from 'node:timers/promises'
import type { PreparedDelivery } from '@kyc-webhooks/simulator'
import { ask, handled, NO_PROBE, times } from '../ask-probe.ts'
import { ACCEPTED, type Reply, told, type Wanted } from '../exchange.ts'
import { type Conclusion, fail, notShown, type Point, pass } from '../point.ts'
import type { Counts } from '../probe.ts'
import type { Trial } from '../trial.ts'

const SAMPLES = 3

/** What the replies alone do not show. */
export const PROCESSING_POINTS: readonly Point[] = [
  {
    id: 'duplicates',
    group: 'processing',
    title: 'What is delivered twice is accepted twice and processed once',
    pages: {
      press: {
        name: 'Network Flow, Sandbox Checklist',
        says: 'Process the same X-Webhook-Id twice and confirm the event is not processed twice.',
      },
      uip: {
        name: 'Webhooks, Best Practices',
        says: 'UIP may send the same webhook multiple times. Use audit_id or session_id to detect duplicates',
      },
      'advance-ai': {
        name: 'Webhook, Retry Policy',
        says: 'Webhooks follow an at-least-once delivery model. Clients must handle duplicate events safely.',
      },
    },
    why: 'A reply that is lost on its way has the delivery sent again, perhaps while the first is still in hand. Processed twice, it counts a person twice.',
    mend: 'Have the store decide: a unique key on the id in the signed body (PRESS `id`, UIP `audit_id` with the event, ADVANCE.AI `eventId`), and an insert that does nothing when it is there. To look first and insert afterwards lets two at once through.',
    run: deliverTwice,
  },
  {
    id: 'recorded-first',
    group: 'processing',
    title: 'An event is recorded before the reply, and handled without it',
    pages: {
      press: {
        name: 'Network Flow, Sandbox Checklist',
        says: 'Your endpoint stores the event and returns 200 before running any downstream processing.',
      },
      uip: {
        name: 'Webhooks, Best Practices',
        says: 'Process webhooks asynchronously and return 200 immediately to avoid timeouts',
      },
      'advance-ai': { name: 'Webhook, Step 6: Respond', says: 'Any 2xx | Delivery successful' },
    },
    why: 'After a 2xx the provider forgets the event. What is not on disk by then is lost with the process: a crash, a deployment, a database that does not answer.',
    mend: 'Write the delivery to a database or a durable queue, wait for the commit, then reply; a worker does the rest. Answer 5xx when the write fails.',
    run: recordFirst,
  },
]

async function deliverTwice(trial: Trial): Promise<Conclusion> {
  const [later, atOnce] = [trial.bench.draft(), trial.bench.draft()]
  const replies: Reply[] = []
  // As the provider repeats it: signed anew.
  for (const attempt of [1, 2])
    replies.push(await trial.send(`attempt ${attempt}`, trial.prepare({ attempt }, later), ACCEPTED))
  const both = [1, 2].map((attempt) => trial.prepare({ attempt }, atOnce))
  // Whoever comes second may be told to come again.
  await Promise.all(both.map((delivery) => trial.send('twice at the same time', delivery, ACCEPTED_OR_AGAIN)))
  const refused = trial.exchanges.filter(({ asWanted }) => !asWanted)
  if (refused.length > 0)
    return fail(
      `a repetition was not accepted: ${refused.map(({ sent, status }) => `${sent}: ${status ?? 'no reply'}`).join('; ')}`,
    )
  const { probe } = trial.bench
  if (probe === undefined) return notShown(`All four were answered ${told(replies[0] as Reply)}. ${NO_PROBE}`)
  const deliveries = [
    ['delivered twice, one after the other', later],
    ['delivered twice at the same time', atOnce],
  ] as const
  const wrong: string[] = []
  for (const [, { id = '' }] of deliveries) await handled(probe, id)
  await delay(trial.bench.target.quietMs ?? 1_000)
  for (const [sent, { id = '' }] of deliveries) {
    const counts = await ask(
      trial,
      `about what was ${sent}`,
      probe,
      id,
      'handled once',
      (each) => each.handled === 1,
    )
    if (counts.handled !== 1) wrong.push(`${sent}: handled ${times(counts.handled)}`)
  }
  return wrong.length > 0
    ? fail(`${wrong.join('; ')}. Wanted: once.`)
    : pass('two deliveries twice, each handled once')
}

const ACCEPTED_OR_AGAIN: Wanted = {
  words: '2xx or 5xx',
  holds: (reply) => ACCEPTED.holds(reply) || (reply.status ?? 0) >= 500,
}

async function recordFirst(trial: Trial): Promise<Conclusion> {
  const { probe } = trial.bench
  if (probe === undefined) return notShown(NO_PROBE)
  let missing = 0
  let handledBy = 0
  for (let sample = 0; sample < SAMPLES; sample++) {
    const delivery: PreparedDelivery = trial.prepare()
    const reply = await trial.send('a genuine delivery', delivery, ACCEPTED)
    if (!ACCEPTED.holds(reply)) return fail(`a genuine delivery: ${told(reply)}. Wanted: 2xx.`)
    const counts = await ask(
      trial,
      'as soon as the reply came',
      probe,
      delivery.id ?? '',
      'recorded',
      isRecorded,
    )
    if (!isRecorded(counts)) missing++
    if (counts.handled > 0) handledBy++
  }
  const asked = `when the reply came, ${SAMPLES - missing} of ${SAMPLES} were recorded and ${handledBy} handled`
  if (missing > 0) return fail(asked)
  return pass(`${asked}. Whether a handler holds up the reply, the point in-time shows`)
}

const isRecorded = ({ recorded }: Counts): boolean => recorded >= 1
