import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { KycWebhookError } from '../src/errors.ts'
import { createInbox } from '../src/inbox/create-inbox.ts'
import { memoryEngine } from '../src/inbox/memory-engine.ts'
import type { InboxEngine } from '../src/inbox/port.ts'
import { advanceAi } from '../src/providers/advance-ai.ts'
import { press } from '../src/providers/press.ts'
import { uip } from '../src/providers/uip.ts'
import type { Reply } from '../src/request.ts'
import { eventually } from './support/eventually.ts'
import { gatedEngine } from './support/gated-engine.ts'
import { codeOf, receiving } from './support/receiving.ts'
import { SECRETS, signedAdvanceAi, signedPress, signedUip } from './support/signed.ts'
import { aaiCompleted, pressEnvelope, uipIdentify } from './vectors/documented.ts'

/** A fault of ours, said so that every provider sends again. */
function expectFault(reply: Reply, code: string): void {
  expect([reply.status, codeOf(reply)]).toEqual([503, code])
  expect(Number(reply.headers['retry-after'])).toBeGreaterThanOrEqual(1)
}

const inboxOf = (over: Partial<InboxEngine>) => createInbox({ ...memoryEngine(), ...over })
const delivery = () => signedPress(pressEnvelope)

describe('an inbox that hangs', () => {
  it('is a 503 inside the budget; what lands after all makes the repetition a duplicate', async () => {
    const engine = gatedEngine()
    const { receive, handled, log } = receiving(press(), { inbox: createInbox(engine), budgetMs: 30 })
    const startedAt = performance.now()
    expectFault(await receive(delivery()), 'budget-exceeded')
    expect(performance.now() - startedAt).toBeLessThan(500)
    engine.letThrough()
    expect(await handled()).toHaveLength(1)
    expect((await receive(delivery())).status).toBe(200)
    expect(log.where({ outcome: 'duplicate' })).toHaveLength(1)
    expect(await handled()).toHaveLength(1)
  })

  it('at PRESS is answered before its 500 ms are over, unless told otherwise', async () => {
    const engine = gatedEngine()
    const { receive } = receiving(press(), { inbox: createInbox(engine) })
    const startedAt = performance.now()
    expectFault(await receive(delivery()), 'budget-exceeded')
    expect(performance.now() - startedAt).toBeLessThan(500)
    engine.letThrough()
  })

  it('uses up no nonce: the repetition with the same one is accepted', async () => {
    const engine = gatedEngine()
    const { receive } = receiving(advanceAi(), { inbox: createInbox(engine), budgetMs: 20 })
    const sent = signedAdvanceAi(aaiCompleted)
    expectFault(await receive(sent), 'budget-exceeded')
    engine.letThrough()
    await eventually(async () => (await receive(sent)).status).toBe(200)
  })
})

describe('an inbox that is behind', () => {
  it('is a 503 at once for what it would record too late, and takes up again what it can', async () => {
    const engine = gatedEngine()
    const { receive, handled, log } = receiving(press(), { inbox: createInbox(engine), budgetMs: 50 })
    expectFault(await receive(delivery()), 'budget-exceeded')
    // The commit began a moment after the budget.
    await sleep(50)
    expectFault(await receive(signedPress({ ...pressEnvelope, id: 'later' })), 'inbox-behind')
    // Before any work on it: nobody has looked whether it is authentic.
    const forged = signedPress(pressEnvelope, { secret: 'not the secret of PRESS' })
    expectFault(await receive(forged), 'inbox-behind')
    engine.letThrough()
    expect(await handled()).toHaveLength(1)
    expect((await receive(signedPress({ ...pressEnvelope, id: 'later' }))).status).toBe(200)
    expect(log.where({ code: 'inbox-behind' })).toHaveLength(2)
  })
})

describe('an inbox that fails', () => {
  const failures: [string, unknown, string][] = [
    ['as ours do', new KycWebhookError('inbox-unavailable', 'no such host'), 'inbox-unavailable'],
    [
      'as a driver does',
      Object.assign(new Error('SQLITE_FULL'), { code: 'SQLITE_FULL' }),
      'inbox-unavailable',
    ],
    ['with nothing', undefined, 'inbox-unavailable'],
  ]

  it.each(failures)(
    '%s: 503, and the repetition is recorded, not taken for known',
    async (_, error, code) => {
      const engine = memoryEngine()
      let down = true
      const inbox = inboxOf({
        ...engine,
        commit: (...batch) => (down ? Promise.reject(error) : engine.commit(...batch)),
      })
      const { receive, handled, log } = receiving(advanceAi(), { inbox })
      const sent = signedAdvanceAi(aaiCompleted)
      for (let attempt = 0; attempt < 3; attempt++) expectFault(await receive(sent), code)
      expect(log.where({ level: 'error', status: 503, code })).toHaveLength(3)
      down = false
      expect((await receive(sent)).status).toBe(200)
      expect(log.where({ outcome: 'recorded' })).toHaveLength(1)
      expect(await handled()).toHaveLength(1)
    },
  )

  it('that throws at once: 503', async () => {
    const inbox = inboxOf({
      commit: () => {
        throw new TypeError('undefined is not a function')
      },
    })
    const { receive } = receiving(uip(), { inbox })
    expectFault(await receive(signedUip(uipIdentify)), 'inbox-unavailable')
  })
})

describe('an inbox that is full', () => {
  it('is a 503 for what does not fit, at once, and 200 for what does', async () => {
    const engine = gatedEngine()
    const { receive } = receiving(press(), { inbox: createInbox(engine, { maxQueued: 2 }) })
    const replies = Array.from({ length: 5 }, (_, at) =>
      receive(signedPress({ ...pressEnvelope, id: `id-${at}` })),
    )
    for (const late of replies.slice(2)) expectFault(await late, 'inbox-full')
    engine.letThrough()
    for (const early of replies.slice(0, 2)) expect((await early).status).toBe(200)
  })
})

describe('an event loop that cannot keep up', () => {
  it('is a 503 at once for what it would answer too late', async () => {
    const provider = press()
    let stalls = 2
    const normalise: typeof provider.normalise = (authentic) => {
      const until = performance.now() + (stalls-- > 0 ? 150 : 0)
      while (performance.now() < until);
      return provider.normalise(authentic)
    }
    const { receive } = receiving({ ...provider, normalise }, { budgetMs: 250 })
    for (const id of ['a', 'b']) {
      await receive(signedPress({ ...pressEnvelope, id }))
      await sleep(1)
    }
    expectFault(await receive(delivery()), 'inbox-behind')
    await sleep(1)
    expect((await receive(delivery())).status).toBe(200)
  })
})

describe('an event loop that stands still', () => {
  const block = (ms: number) => {
    const until = performance.now() + ms
    while (performance.now() < until);
  }

  it('longer than the budget is a 503, although the record is there; its repetition is a duplicate', async () => {
    const engine = memoryEngine()
    let stalls = 1
    const commit: InboxEngine['commit'] = async (...batch) => {
      const outcomes = await engine.commit(...batch)
      if (stalls-- > 0) block(80)
      return outcomes
    }
    const { receive, handled } = receiving(press(), { inbox: inboxOf({ ...engine, commit }), budgetMs: 40 })
    expectFault(await receive(delivery()), 'budget-exceeded')
    expect((await receive(delivery())).status).toBe(200)
    expect(await handled()).toHaveLength(1)
  })

  it('while the body is parsed, too', async () => {
    const provider = press()
    let stalls = 1
    const normalise: typeof provider.normalise = (authentic) => {
      if (stalls-- > 0) block(80)
      return provider.normalise(authentic)
    }
    const { receive, handled } = receiving({ ...provider, normalise }, { budgetMs: 40 })
    expectFault(await receive(delivery()), 'budget-exceeded')
    expect((await receive(delivery())).status).toBe(200)
    expect(await handled()).toHaveLength(1)
  })
})

describe('a body that takes its time', () => {
  it('is not charged to the budget', async () => {
    const { receive } = receiving(press(), { budgetMs: 30 })
    const { body } = delivery()
    const readBody = () => sleep(60, body)
    expect((await receive(delivery(), { readBody })).status).toBe(200)
  })
})

describe('secrets that do not come', () => {
  it('are a 503 inside the budget', async () => {
    const later = Promise.withResolvers<string>()
    const { receive } = receiving(press(), { secret: () => later.promise, budgetMs: 30 })
    expectFault(await receive(delivery()), 'budget-exceeded')
    later.resolve(SECRETS.press)
    await eventually(async () => (await receive(delivery())).status).toBe(200)
  })

  it('are a 503 for a signature that only a newer one could tell, never a refusal', async () => {
    const hung = Promise.withResolvers<string>()
    const answers: (string | Promise<string>)[] = [SECRETS.press, hung.promise]
    const { receive, clock } = receiving(press(), { secret: () => answers.shift() ?? '', budgetMs: 30 })
    expect((await receive(delivery())).status).toBe(200)
    clock.now += 5_000
    const secret = 'whsec_the-secret-of-tomorrow'
    const sent = signedPress({ ...pressEnvelope, id: 'tomorrow' }, { secret })
    expectFault(await receive(sent), 'budget-exceeded')
    hung.resolve(secret)
    await eventually(async () => (await receive(sent)).status).toBe(200)
  })
})
