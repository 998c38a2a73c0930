/** Stimuli 110 and 150: a flood of forgeries. */
import { describe, expect, it } from 'vitest'
import { press } from '../../src/providers/press.ts'
import { serving } from '../support/serving.ts'
import { signedPress } from '../support/signed.ts'
import { pressEnvelope } from '../vectors/documented.ts'

const FORGERIES = 300
const forged = signedPress(pressEnvelope, { secret: 'whsec_the-secret-of-nobody' })
const delivery = (id: string) => signedPress({ ...pressEnvelope, id })

describe('150 the log under a flood of forgeries', () => {
  it('has the first in full and the number of the others, and every line of what is authentic', async () => {
    const { post, log, rejected, receiver, clock } = await serving(press())
    const forgeries = Array.from({ length: FORGERIES }, () => post(forged))
    const authentic = Array.from({ length: 60 }, (_, n) => post(delivery(`evt-${n}`)))
    for (const { status } of await Promise.all(forgeries)) expect(status).toBe(401)
    for (const { status } of await Promise.all(authentic)) expect(status).toBe(200)
    clock.now += 600_000
    const stale = Array.from({ length: 60 }, (_, n) => post(delivery(`evt-${n}`)))
    for (const { status } of await Promise.all(stale)) expect(status).toBe(401)
    await receiver.close()

    expect(log.where({ code: 'signature-mismatch' })).toHaveLength(51)
    expect(log.where({ code: 'signature-mismatch' }).at(-1)).toEqual({
      level: 'warn',
      provider: 'press',
      receiver: 'press',
      code: 'signature-mismatch',
      status: 401,
      count: FORGERIES - 50,
      intervalMs: 60_000,
      message: 'delivery refused (and so many more)',
    })
    expect(log.where({ outcome: 'recorded' })).toHaveLength(60)
    expect(log.where({ code: 'timestamp-stale' })).toHaveLength(60)
    expect(rejected.filter(({ code }) => code === 'signature-mismatch')).toHaveLength(FORGERIES)
  })

  it('has each delivery that is put in quarantine', async () => {
    const { post, log } = await serving(press())
    for (const { status } of await Promise.all(
      Array.from({ length: 60 }, (_, n) => post(signedPress({ n }))),
    ))
      expect(status).toBe(400)
    expect(log.where({ quarantined: true })).toHaveLength(60)
  })

  it('has faults of ours as a number too, when hundreds come', async () => {
    const secret = () => Promise.reject(new Error('down'))
    const { post, log, rejected, receiver } = await serving(press(), { secret })
    const replies = await Promise.all(Array.from({ length: 100 }, () => post(delivery('evt-1'))))
    for (const { status } of replies) expect(status).toBe(503)
    await receiver.close()
    expect(log.where({ code: 'secret-unavailable', status: 503 })).toHaveLength(51)
    expect(log.where({ count: 50 })).toMatchObject([{ level: 'error', code: 'secret-unavailable' }])
    expect(rejected).toHaveLength(100)
  })
})
