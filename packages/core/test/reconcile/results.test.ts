import { describe, expect, it } from 'vitest'
import { advanceAi } from '../../src/providers/advance-ai.ts'
import { press } from '../../src/providers/press.ts'
import { uip } from '../../src/providers/uip.ts'
import type { PolledResult, PolledResults } from '../../src/reconcile/reconcile-options.ts'
import { standardWebhooks } from '../own-provider/standard-webhooks.ts'
import { aaiCompleted, pressEnvelope, uipTest } from '../vectors/documented.ts'
import { identified, MINUTE, pass, polling } from './support.ts'

describe('a result', () => {
  it.each<[string, PolledResult]>([
    ['a value', identified('a')],
    ['text', { body: JSON.stringify(identified('a').body) }],
    ['bytes', { body: Buffer.from(JSON.stringify(identified('a').body)) }],
  ])('may be %s', async (_, result) => {
    const { recorded } = polling(uip(), { fetch: () => [result] })
    await pass()
    expect(await recorded()).toEqual(['identify:a'])
  })

  it('as text has its large integers exact', async () => {
    const body = '{"event":"identify","data":{"audit_id":"a","case":1998600000000026050}}'
    const { inbox } = polling(uip(), { fetch: () => [{ body }] })
    await pass()
    const [event] = await inbox.events()
    expect(event?.json).toContain('"case":"1998600000000026050"')
  })

  it('brings the headers that its provider reads, whatever their case', async () => {
    const result = { headers: { 'Webhook-Id': 'msg_1', cookie: 'x' }, body: { type: 'paid' } }
    const { recorded } = polling(standardWebhooks, { fetch: () => [result] })
    await pass()
    expect(await recorded()).toEqual(['msg_1'])
  })

  it('may be a batch, each part of which has its own id', async () => {
    const part = (id: string) => ({ specversion: '1.0', id, source: 's', type: 't', data: { uaekyc_id: 1 } })
    const provider = { ...press(), polling: {} }
    const { recorded } = polling(provider, { fetch: () => [{ body: [part('a'), part('b')] }] })
    await pass()
    expect(await recorded()).toEqual(['a', 'b'])
  })
})

const circular: { self?: object } = {}
circular.self = circular

describe('a result that cannot be used', () => {
  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['a number', 7],
    ['no body', {}],
    ['a body of null', { body: null }],
    ['a body that JSON cannot write', { body: circular }],
    ['a body of a large integer', { body: { id: 1n } }],
    ['text that is no JSON', { body: 'resident@example.com' }],
    ['bytes that are no text', { body: Buffer.from([0xff]) }],
    ['a body that is too large', { body: { event: 'identify', data: { audit_id: 'x'.repeat(2_000_000) } } }],
    ['a body of another form', { body: { resident: 'resident@example.com' } }],
    ['headers that are none', { ...identified('b'), body: 'x', headers: 'resident@example.com' }],
  ])('is told, and costs the others nothing: %s', async (_, garbage) => {
    const fetch = () => [identified('a'), garbage as PolledResult, identified('c')]
    const { log, recorded, inbox } = polling(uip(), { fetch })
    await pass()
    expect(await recorded()).toEqual(['identify:a', 'identify:c'])
    expect(await inbox.quarantined()).toEqual([])
    expect(log.where({ message: 'polled' })).toMatchObject([{ results: 3, recorded: 2, known: 0 }])
    expect(log.where({ level: 'error' })).toMatchObject([{ results: 1, detail: expect.any(String) }])
    expect(JSON.stringify(log.lines)).not.toContain('resident@')
  })

  it('of one reason is told once for all', async () => {
    const { log } = polling(uip(), { fetch: () => Array(50).fill({ body: '' }) })
    await pass()
    expect(log.where({ level: 'error' })).toMatchObject([{ results: 50 }])
  })

  it('has no id: each poll would bring it anew', async () => {
    const { log, recorded } = polling(uip(), { fetch: () => [{ body: uipTest }] })
    await pass()
    expect(await recorded()).toEqual([])
    expect(log.where({ level: 'error' })).toMatchObject([{ detail: /no delivery id/ }])
  })

  it('has an id that is made of its bytes: a delivery with the same fields has another', async () => {
    const body = { event: 'delegation.revoked', data: { client_id: 'platform_1' } }
    const { log, recorded } = polling(uip(), { fetch: () => [{ body }] })
    await pass()
    expect(await recorded()).toEqual([])
    expect(log.where({ level: 'error' })).toMatchObject([{ detail: /comes from its bytes/ }])
  })

  it.each([
    ['ADVANCE.AI', advanceAi(), aaiCompleted],
    ['PRESS', press(), pressEnvelope],
  ])(
    'is of %s, whose results have no id of a delivery, and not identified by what it says',
    async (...given) => {
      const [, provider, body] = given
      const { log, recorded } = polling<never>(provider as never, { fetch: () => [{ body }] })
      await pass()
      expect(await recorded()).toEqual([])
      expect(log.where({ level: 'error' })).toMatchObject([{ detail: /identifiedBy/ }])
    },
  )

  it('is one that the provider definition fails on', async () => {
    const provider = { ...uip(), normalise: () => [].at(0) as never }
    const { log } = polling(provider, { fetch: () => [identified('a')] })
    await pass()
    expect(log.where({ level: 'error' })).toMatchObject([{ detail: /definition failed: TypeError/ }])
  })
})

describe('a fetch that gives something else', () => {
  it.each([
    ['nothing', undefined],
    ['an object', { results: [] }],
    ['text', 'resident@example.com'],
    [
      'pages that are no lists',
      (async function* () {
        yield identified('a')
      })(),
    ],
  ])('fails: %s', async (_, garbage) => {
    const { log, polls } = polling(uip(), { fetch: () => garbage as unknown as PolledResults })
    await pass(11 * MINUTE)
    expect(log.where({ code: 'option-invalid', level: 'error' }).length).toBeGreaterThan(0)
    expect(polls.length).toBeGreaterThan(1)
    expect(JSON.stringify(log.lines)).not.toContain('resident@')
  })

  it.each([undefined, null, 'resident@example.com', Object.create(null)])(
    'fails: throws %o',
    async (thrown) => {
      const { log, polls } = polling(uip(), { fetch: () => Promise.reject(thrown) })
      await pass(11 * MINUTE)
      expect(log.where({ level: 'error', task: 'poll' }).length).toBeGreaterThan(0)
      expect(polls.length).toBeGreaterThan(1)
      expect(JSON.stringify(log.lines)).not.toContain('resident@')
    },
  )

  it('fails: throws at once', async () => {
    const { log } = polling(uip(), {
      fetch() {
        throw new RangeError('resident@example.com')
      },
    })
    await pass()
    expect(log.where({ code: 'RangeError', level: 'error' })).toHaveLength(1)
  })
})
