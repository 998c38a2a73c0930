import { describe, expect, it } from 'vitest'
import { press } from '../src/providers/press.ts'
import { eventually } from './support/eventually.ts'
import { codeOf } from './support/receiving.ts'
import { source } from './support/ring-of.ts'
import { serving } from './support/serving.ts'
import { NOW, SECRETS, signedPress, unixSeconds } from './support/signed.ts'
import { pressEnvelope } from './vectors/documented.ts'

const DAY = 86_400_000
const at = (ms: number) => new Date(ms).toISOString()

/** Over real sockets: what comes of deliveries while one secret takes over from another. */
describe('a rotation with dates', () => {
  const old = { id: 'old', secret: SECRETS.press, notAfter: at(NOW + 2 * DAY) }
  const next = { id: 'next', secret: 'whsec_the-secret-of-tomorrow', notBefore: at(NOW + DAY) }

  async function rotating() {
    const ask = source([next, old])
    const served = await serving(press(), { secret: ask })
    const send = async (secret: string, id = 'evt-1') => {
      const timestamp = unixSeconds(served.clock.now)
      const reply = await served.post(signedPress({ ...pressEnvelope, id }, { secret, timestamp }))
      return reply.status === 200 ? 200 : `${reply.status} ${codeOf(reply)}`
    }
    return { ...served, send, ask }
  }

  it('accepts each secret in its life, and has what comes outside it sent again', async () => {
    const { send, clock, inbox } = await rotating()
    expect([await send(old.secret), await send(next.secret)]).toEqual([200, '503 secret-not-in-force'])
    clock.now += DAY
    expect([await send(old.secret), await send(next.secret)]).toEqual([200, 200])
    clock.now += DAY
    expect([await send(old.secret, 'evt-2'), await send(next.secret)]).toEqual([
      '503 secret-not-in-force',
      200,
    ])
    await eventually(() => inbox.stats()).toMatchObject({ waiting: 0, running: 0, done: 1, quarantined: 0 })
  })

  it('loses nothing that came too late for its secret once that is given a longer life', async () => {
    const { send, clock, ask, handled, log } = await rotating()
    clock.now += 3 * DAY
    expect(await send(old.secret, 'evt-2')).toBe('503 secret-not-in-force')
    expect(log.where({ code: 'secret-not-in-force' })).toMatchObject([
      { level: 'error', detail: `the delivery is signed with old (in force until ${old.notAfter})` },
    ])
    ask.state.holds = [next, { ...old, notAfter: at(NOW + 9 * DAY) }]
    expect(await send(old.secret, 'evt-2')).toBe(200)
    expect(await handled()).toHaveLength(1)
  })

  it('refuses a secret that is withdrawn, and a forgery, whatever is in force', async () => {
    const { send, clock, ask } = await rotating()
    expect(await send('whsec_the-secret-of-nobody')).toBe('401 signature-mismatch')
    clock.now += 3 * DAY
    ask.state.holds = [next]
    // The old answer is in force until the source is asked, which the first mismatch does.
    expect(await send('whsec_the-secret-of-nobody')).toBe('401 signature-mismatch')
    expect(await send(old.secret)).toBe('401 signature-mismatch')
  })

  it('refuses nobody for good while no secret is in force', async () => {
    const { send, clock, ask, inbox } = await rotating()
    ask.state.holds = [old]
    clock.now += 3 * DAY
    expect(await send('whsec_the-secret-of-nobody')).toBe('503 secret-not-in-force')
    expect(await inbox.stats()).toMatchObject({ waiting: 0, done: 0, quarantined: 0 })
  })
})

describe('a source of secrets that does not answer any more', () => {
  async function hanging(options: object = {}, answersAtFirst = true) {
    let answers = answersAtFirst
    const secret = () => (answers ? SECRETS.press : new Promise<string>(() => {}))
    const served = await serving(press(), { secret, ...options })
    if (answers) await served.receiver.ready
    answers = false
    return served
  }

  it('holds up nothing that is signed with what is known, however old', async () => {
    const { post, clock } = await hanging()
    clock.now += DAY
    const timestamp = unixSeconds(clock.now)
    const send = (id: string) => post(signedPress({ ...pressEnvelope, id }, { timestamp }))
    const replies = await Promise.all(['evt-1', 'evt-2'].map(send))
    expect(replies.map(({ status }) => status)).toEqual([200, 200])
  })

  it('keeps no room taken by forgeries for longer than a second', async () => {
    const { post } = await hanging({ maxUnverified: 2 })
    const forged = signedPress(pressEnvelope, { secret: 'whsec_the-secret-of-nobody' })
    const forgeries = await Promise.all([post(forged), post(forged)])
    expect(forgeries.map(({ status }) => status)).toEqual([503, 503])
    await eventually(async () => (await post(signedPress(pressEnvelope))).status).toBe(200)
  })

  it('keeps no room taken by those that came before its first answer either', async () => {
    const { post } = await hanging({ maxUnverified: 2 }, false)
    const send = () => post(signedPress(pressEnvelope)).then(codeOf)
    expect(await Promise.all([send(), send(), send()])).toContain('receiver-overloaded')
    await eventually(send).not.toBe('receiver-overloaded')
  })
})
