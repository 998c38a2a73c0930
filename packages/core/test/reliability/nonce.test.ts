/** Stimuli 40 to 45: the nonce of ADVANCE.AI, which stands outside the signature. Numbers as in the reliability catalogue. */
import { describe, expect, it } from 'vitest'
import { createInbox } from '../../src/inbox/create-inbox.ts'
import { memoryEngine } from '../../src/inbox/memory-engine.ts'
import { advanceAi } from '../../src/providers/advance-ai.ts'
import { codeOf, receiving } from '../support/receiving.ts'
import { refused } from '../support/refused.ts'
import { NOW, signedAdvanceAi, unixSeconds, withHeaders } from '../support/signed.ts'
import { aaiCompleted } from '../vectors/documented.ts'

const event = (eventId: string) => ({ ...aaiCompleted, eventId })
const strict = advanceAi({ strictNonce: true })

describe('a nonce', () => {
  it.each([advanceAi(), strict])(
    '40 that was used is refused with another event: 401, in quarantine',
    async (provider) => {
      const { receive, handled, inbox } = receiving(provider)
      await receive(signedAdvanceAi(event('a'), { nonce: 'n' }))
      const reply = await receive(signedAdvanceAi(event('b'), { nonce: 'n' }))
      expect([reply.status, codeOf(reply)]).toEqual([401, 'nonce-reused'])
      expect(await inbox.quarantined()).toMatchObject([{ reason: 'nonce-reused', context: { id: 'b' } }])
      expect(await handled()).toHaveLength(1)
      // The event was not lost: sent again with a nonce of its own it is accepted.
      expect((await receive(signedAdvanceAi(event('b'), { nonce: 'm' }))).status).toBe(200)
      expect(await handled()).toHaveLength(2)
    },
  )

  it('41 that was used comes again with its own event, as a repetition may: 200, one event', async () => {
    const { receive, handled } = receiving(advanceAi())
    for (let times = 0; times < 3; times++) {
      expect((await receive(signedAdvanceAi(event('a'), { nonce: 'n' }))).status).toBe(200)
    }
    expect(await handled()).toHaveLength(1)
  })

  it('41 strict: that is refused as well, and a repetition with a nonce of its own is not', async () => {
    const { receive, handled } = receiving(strict)
    await receive(signedAdvanceAi(event('a'), { nonce: 'n' }))
    expect(codeOf(await receive(signedAdvanceAi(event('a'), { nonce: 'n' })))).toBe('nonce-reused')
    expect((await receive(signedAdvanceAi(event('a'), { nonce: 'm' }))).status).toBe(200)
    expect(await handled()).toHaveLength(1)
  })

  it('42 and a time that are fresh do not make a captured event new', async () => {
    const { receive, handled, clock } = receiving(advanceAi())
    await receive(signedAdvanceAi(event('a'), { nonce: 'n' }))
    for (const days of [0.01, 1, 30, 89]) {
      clock.now = NOW + days * 86_400_000
      const replayed = signedAdvanceAi(event('a'), { nonce: `n-${days}`, timestamp: unixSeconds(clock.now) })
      expect((await receive(replayed)).status).toBe(200)
    }
    expect(await handled()).toHaveLength(1)
  })

  it('43 is not used up by a forgery', async () => {
    const receiver = receiving(strict)
    const forged = signedAdvanceAi(event('a'), { nonce: 'n', secret: Buffer.alloc(32, 7).toString('base64') })
    await refused(receiver, forged)
    expect((await receiver.receive(signedAdvanceAi(event('a'), { nonce: 'n' }))).status).toBe(200)
  })

  it('43 is not used up by a stale delivery', async () => {
    const { receive } = receiving(strict)
    const timestamp = unixSeconds(NOW - 310_000)
    expect((await receive(signedAdvanceAi(event('a'), { nonce: 'n', timestamp }))).status).toBe(401)
    expect((await receive(signedAdvanceAi(event('a'), { nonce: 'n' }))).status).toBe(200)
  })

  it('43 is not used up by an unusable delivery', async () => {
    const { receive } = receiving(strict)
    expect((await receive(signedAdvanceAi('{}', { nonce: 'n' }))).status).toBe(400)
    expect((await receive(signedAdvanceAi(event('a'), { nonce: 'n' }))).status).toBe(200)
  })

  it('43 is not used up when we failed: the same delivery is accepted afterwards', async () => {
    const engine = memoryEngine()
    let down = true
    const commit: typeof engine.commit = (...batch) =>
      down ? Promise.reject(new Error('disk full')) : engine.commit(...batch)
    const { receive, handled } = receiving(strict, { inbox: createInbox({ ...engine, commit }) })
    const delivery = signedAdvanceAi(event('a'), { nonce: 'n' })
    expect((await receive(delivery)).status).toBe(503)
    down = false
    expect((await receive(delivery)).status).toBe(200)
    expect(await handled()).toHaveLength(1)
  })

  it('44 on twenty events at once: exactly one 200', async () => {
    const { receive, handled } = receiving(advanceAi())
    const replies = await Promise.all(
      Array.from({ length: 20 }, (_, at) => receive(signedAdvanceAi(event(`e-${at}`), { nonce: 'n' }))),
    )
    expect(replies.map(({ status }) => status).sort()).toEqual([200, ...Array(19).fill(401)])
    expect(await handled()).toHaveLength(1)
  })

  it.each([
    ['missing', undefined, 'nonce-missing'],
    ['empty', '', 'nonce-missing'],
    ['twice', ['a', 'b'], 'header-repeated'],
    ['4 KB', 'x'.repeat(4_096), 'nonce-malformed'],
    ['two words', 'a b', 'nonce-malformed'],
  ])('45 that is %s is refused', async (_, nonce, code) => {
    const delivery = withHeaders(signedAdvanceAi(aaiCompleted), { 'aai-nonce': nonce })
    expect(await refused(receiving(advanceAi()), delivery)).toBe(code)
  })

  it.each(['__proto__', 'constructor', '"', "';--", '{"$ne":null}'])(
    '45 that is %s is one like any other',
    async (nonce) => {
      const { receive } = receiving(advanceAi())
      expect((await receive(signedAdvanceAi(event('a'), { nonce }))).status).toBe(200)
      expect((await receive(signedAdvanceAi(event('b'), { nonce }))).status).toBe(401)
      expect((await receive(signedAdvanceAi(event('b'), { nonce: `${nonce}2` }))).status).toBe(200)
    },
  )

  it('is remembered for as long as its time could pass, and may come again when it no longer can', async () => {
    const { receive, clock } = receiving(advanceAi())
    const ahead = unixSeconds(NOW + 300_000)
    await receive(signedAdvanceAi(event('a'), { nonce: 'n', timestamp: ahead }))
    // Ten minutes on, a timestamp that was five minutes ahead still passes.
    clock.now = NOW + 600_000
    const replayed = signedAdvanceAi(event('b'), { nonce: 'n', timestamp: ahead })
    expect(codeOf(await receive(replayed))).toBe('nonce-reused')
    clock.now = NOW + 661_000
    const later = signedAdvanceAi(event('c'), { nonce: 'n', timestamp: unixSeconds(clock.now) })
    expect((await receive(later)).status).toBe(200)
  })
})

describe('a delivery with none of the three headers', () => {
  it('gets a log line that says what the likely cause is', async () => {
    const { receive, log } = receiving(advanceAi())
    const bare = {
      headers: { 'Content-Type': 'application/json' },
      body: Buffer.from(JSON.stringify(aaiCompleted)),
    }
    expect((await receive(bare)).status).toBe(401)
    expect(log.where({ code: 'signature-missing' })).toMatchObject([
      { detail: expect.stringContaining('callbackUrl') },
    ])
  })
})
