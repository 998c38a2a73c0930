import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { createInbox } from '../../src/inbox/create-inbox.ts'
import { memoryEngine } from '../../src/inbox/memory-engine.ts'
import type { Provider } from '../../src/provider.ts'
import { advanceAi } from '../../src/providers/advance-ai.ts'
import { press } from '../../src/providers/press.ts'
import { uip } from '../../src/providers/uip.ts'
import { eventually } from '../support/eventually.ts'
import { gatedEngine } from '../support/gated-engine.ts'
import { senders } from '../support/senders.ts'
import { serving } from '../support/serving.ts'
import { type Delivery, SECRETS, signedAdvanceAi, signedPress, signedUip } from '../support/signed.ts'
import { aaiQnreEmail, pressEnvelope } from '../vectors/documented.ts'

describe('pitfall 23: a type of event that nobody knows', () => {
  const unheard = 'something.nobody.has.heard.of'
  const table: [string, Provider, Delivery][] = [
    [
      'PRESS',
      press(),
      signedPress({ ...pressEnvelope, data: [{ type: unheard, records: [{ uaekyc_id: 1 }] }] }),
    ],
    ['UIP', uip(), signedUip({ event: unheard, data: {} })],
    ['ADVANCE.AI', advanceAi(), signedAdvanceAi({ eventId: 'e', eventType: unheard, data: {} })],
  ]

  it.each(table)('of %s is answered 200 and handed over', async (_, provider, delivery) => {
    const { post, handled } = await serving(provider)
    expect((await post(delivery)).status).toBe(200)
    expect(await handled()).toMatchObject([{ type: unheard }])
  })

  it.each(table)('of %s is answered 200 when no handler is for it', async (_, provider, delivery) => {
    const options = { onEvent: undefined, on: { other: () => expect.unreachable() } }
    const { post, handled, inbox, log } = await serving(provider, options)
    expect((await post(delivery)).status).toBe(200)
    await handled()
    expect(await inbox.stats()).toMatchObject({ done: 1, dead: 0 })
    expect(log.where({ level: 'warn', type: unheard })).toHaveLength(1)
  })
})

describe('pitfall 24: an outage of ours', () => {
  const down = () => Promise.reject(new Error('away'))

  it.each(senders)('is never a 4xx or a 2xx at $name', async ({ provider, sign, content }) => {
    const failing = [
      { inbox: createInbox({ ...memoryEngine(), commit: down }) },
      { inbox: createInbox({ ...memoryEngine(), open: down }) },
      { secret: down },
      { inbox: createInbox(memoryEngine(), { maxQueued: 0 }) },
    ]
    for (const options of failing) {
      const { post } = await serving(provider, options)
      const { status, headers } = await post(sign(content))
      expect(status).toBe(503)
      expect(headers).toHaveProperty('retry-after')
    }
  })

  it('is no 2xx before the store has committed', async () => {
    const engine = gatedEngine()
    const { post } = await serving(press(), { inbox: createInbox(engine), budgetMs: 100 })
    let answered = false
    const answer = post(signedPress(pressEnvelope)).finally(() => {
      answered = true
    })
    await new Promise((resolve) => setTimeout(resolve, 30))
    expect(answered).toBe(false)
    engine.letThrough()
    expect((await answer).status).toBe(200)
  })
})

describe('pitfall 25: what is told to the log, to the sender and in errors', () => {
  const { email, otpCode, url } = aaiQnreEmail.data

  it('has nothing of the event, the signature or the secret', async () => {
    const { post, log, rejected, receiver, inbox } = await serving(advanceAi(), {
      onEvent: ({ data }) => {
        throw new Error(`cannot mail ${JSON.stringify(data)}`)
      },
      retry: { attempts: 1 },
    })
    const good = signedAdvanceAi(aaiQnreEmail)
    const cut = JSON.stringify(aaiQnreEmail).slice(0, -3)
    const forged = { ...good, body: Buffer.from(cut) }
    const answers = [await post(good), await post(signedAdvanceAi(cut)), await post(forged)]
    expect(answers.map(({ status }) => status)).toEqual([200, 400, 401])
    await eventually(async () => (await inbox.stats()).dead).toBe(1)
    const said = inspect([answers, log.lines, rejected, receiver], { depth: 10 })
    expect(said).toContain('body-not-json')
    for (const secret of [email, otpCode, url, good.headers['aai-signature'], SECRETS['advance-ai']]) {
      expect(said).not.toContain(secret)
    }
  })
})
