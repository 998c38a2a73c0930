import { describe, expect, it, onTestFinished } from 'vitest'
import type { KycEvent } from '../../src/event.ts'
import type { Provider } from '../../src/provider.ts'
import { advanceAi } from '../../src/providers/advance-ai.ts'
import { press } from '../../src/providers/press.ts'
import { uip } from '../../src/providers/uip.ts'
import { identifiedBy } from '../../src/reconcile/identified-by.ts'
import { reconcile } from '../../src/reconcile/reconcile.ts'
import type { PolledResult } from '../../src/reconcile/reconcile-options.ts'
import { eventually } from '../support/eventually.ts'
import { type Serving, serving } from '../support/serving.ts'
import {
  type Delivery,
  signedAdvanceAi,
  signedPress,
  signedUip,
  signedUipSession,
} from '../support/signed.ts'
import { aaiCompleted, pressEnvelope, uipIdentify, uipStep } from '../vectors/documented.ts'

/** One fact, as it is pushed and as it is polled: never in the same bytes. */
interface Case {
  name: string
  provider: Provider
  pushed: () => Delivery
  polled: PolledResult
}

const cases: Case[] = [
  {
    name: 'a UIP identification',
    provider: uip(),
    pushed: () => signedUip(uipIdentify),
    polled: {
      body: {
        event: 'identify',
        data: { audit_id: uipIdentify.data.audit_id, first_name: 'John', uip_id: 'user_abc123def456' },
      },
    },
  },
  {
    name: 'a step of a UIP session',
    provider: uip({ scheme: 'timestamped' }),
    pushed: () => signedUipSession(uipStep),
    polled: {
      body: '{"event": "step.completed", "data": {"session_id": "sess_abc123", "stage": 0, "verified_at": "2026-06-07T12:01:30Z"}}',
    },
  },
  {
    name: 'an ADVANCE.AI verification, by what it says',
    provider: identifiedBy(advanceAi(), ({ type, data }) =>
      type === 'COMPLETED' ? `${type}:${data.signatureId}` : undefined,
    ),
    pushed: () => signedAdvanceAi(aaiCompleted),
    polled: { body: { eventId: 'polled', eventType: 'COMPLETED', data: { signatureId: '1234567890' } } },
  },
  {
    name: 'a PRESS envelope, of a list that has the ids of deliveries',
    provider: { ...press(), polling: {} },
    pushed: () => signedPress(pressEnvelope),
    polled: { body: Buffer.from(JSON.stringify(pressEnvelope, null, 2)) },
  },
]

/** A receiver behind a real server, whose conflicts would show. */
async function pushing(
  provider: Provider,
): Promise<Serving<KycEvent> & { poll: (results: PolledResult[]) => Promise<void> }> {
  const started = await serving(provider)
  let task = 0
  return {
    ...started,
    async poll(results) {
      const { inbox, log } = started
      const options = {
        task: `poll-${++task}`,
        fetch: () => results,
        logger: log,
        now: () => started.clock.now,
      }
      const reconciler = reconcile(inbox, provider, options)
      onTestFinished(() => reconciler.close())
      const done = () => log.where({ message: 'polled', task: options.task }).length
      await eventually(done).toBe(1)
    },
  }
}

describe.each(cases)('$name', ({ provider, pushed, polled }) => {
  it('that was pushed and is polled is handled once', async () => {
    const { post, poll, handled, log } = await pushing(provider)
    expect((await post(pushed())).status).toBe(200)
    await poll([polled])
    expect(log.where({ message: 'polled' })).toMatchObject([{ results: 1, recorded: 0, known: 1 }])
    expect(await handled()).toHaveLength(1)
  })

  it('that was polled and is pushed is handled once, and is no conflict', async () => {
    const { post, poll, handled, log, rejected, inbox } = await pushing(provider)
    await poll([polled])
    expect(log.where({ message: 'polled' })).toMatchObject([{ results: 1, recorded: 1, known: 0 }])
    expect((await post(pushed())).status).toBe(200)
    expect(await handled()).toHaveLength(1)
    expect(log.where({ message: 'delivery known already' })).toHaveLength(1)
    expect(rejected).toEqual([])
    expect(await inbox.quarantined()).toEqual([])
  })

  it('that is pushed and polled at once, several times, is handled once', async () => {
    const { post, poll, handled, rejected, inbox } = await pushing(provider)
    const pushes = Array.from({ length: 8 }, () => post(pushed()))
    const polls = Array.from({ length: 8 }, () => poll([polled, polled]))
    const replies = await Promise.all(pushes)
    await Promise.all(polls)
    expect(replies.map(({ status }) => status)).toEqual(Array(8).fill(200))
    expect(await handled()).toHaveLength(1)
    expect(rejected).toEqual([])
    expect(await inbox.quarantined()).toEqual([])
  })
})

it('what is polled says so in the context, and what is pushed does not', async () => {
  const { post, poll, handled, inbox } = await pushing(uip())
  await post(signedUip(uipIdentify))
  await poll([{ body: { event: 'identify', data: { audit_id: 'other' } } }])
  await handled()
  const contexts = (await inbox.events()).map(({ context }) => context)
  expect(contexts).toEqual([
    {
      ...{ id: 'identify:audit_9z8y7x6w5v4u', receivedAt: '2026-03-30T12:45:00.000Z' },
      ...{ verifiedBy: expect.any(String), verdict: 'accepted' },
    },
    { id: 'identify:other', receivedAt: '2026-03-30T12:45:00.000Z', polled: true },
  ])
})

it('two deliveries with other bytes and one id are a conflict still', async () => {
  const { post, poll, rejected } = await pushing(uip())
  await poll([])
  await post(signedUip(uipIdentify))
  await post(signedUip({ ...uipIdentify, data: { ...uipIdentify.data, name: 'Jane Doe' } }))
  expect(rejected).toMatchObject([{ code: 'delivery-conflict' }])
})
