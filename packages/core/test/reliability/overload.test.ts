/** Stimuli 108, 110 and 115: more comes in than may be in memory before it is verified. */
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import { press } from '../../src/providers/press.ts'
import { eventually } from '../support/eventually.ts'
import { OLD } from '../support/ring-of.ts'
import { headOf, type Serving, serving } from '../support/serving.ts'
import { SECRETS, signedPress } from '../support/signed.ts'
import { pressEnvelope } from '../vectors/documented.ts'

const delivery = (id: string) => signedPress({ ...pressEnvelope, id })
const forged = signedPress('{}', { secret: 'whsec_the-secret-of-nobody' })

/** A sender whose body stops in the middle. What it is answered grows in `heard`. */
async function slow(
  { connect }: Pick<Serving<never>, 'connect'>,
  sentBytes: number,
): Promise<{ socket: Socket; heard: string[] }> {
  const socket = await connect()
  const heard: string[] = []
  socket.on('data', (chunk) => heard.push(String(chunk)))
  socket.write(headOf(forged, 'Content-Length: 1000'))
  socket.write('x'.repeat(sentBytes))
  return { socket, heard }
}

async function sixtySlow(served: Serving<never>, sentBytes: number) {
  const senders: Awaited<ReturnType<typeof slow>>[] = []
  for (let n = 0; n < 60; n++) senders.push(await slow(served, sentBytes))
  return { answers: () => senders.map(({ heard }) => heard.join('')).filter((answer) => answer !== '') }
}

const pressing = async (options: Parameters<typeof serving>[1]) =>
  (await serving(press(), options as object)) as unknown as Serving<never>

async function thirtyGood({ post }: Serving<never>, name: string): Promise<void> {
  for (let n = 0; n < 30; n++) expect((await post(delivery(`${name}-${n}`))).status).toBe(200)
}

describe('115 more slow deliveries than may be in memory', () => {
  it('are given up, the oldest first, and asked to come again; good ones get through', async () => {
    const served = await pressing({ maxUnverified: 10 })
    const { answers } = await sixtySlow(served, 1)
    await thirtyGood(served, 'good')
    await eventually(() => answers().length).toBeGreaterThanOrEqual(50)
    for (const answer of answers()) {
      expect(answer).toMatch(/^HTTP\/1\.1 503 /)
      expect(answer).toMatch(/^retry-after: [1-5]$/im)
      expect(answer).toMatch(/^connection: close$/im)
      expect(answer).toContain('receiver-overloaded')
    }
    expect(new Set(answers().map((answer) => /retry-after: (\d)/i.exec(answer)?.[1])).size).toBeGreaterThan(1)
    expect(served.log.where({ code: 'receiver-overloaded' })[0]).toMatchObject({
      level: 'error',
      status: 503,
    })
    expect(served.rejected.filter(({ code }) => code === 'receiver-overloaded')).toHaveLength(
      answers().length,
    )
  })

  it('with more bytes than that likewise', async () => {
    const served = await pressing({ maxBodyBytes: 1_000, maxUnverifiedBytes: 10_000 })
    const { answers } = await sixtySlow(served, 900)
    await thirtyGood(served, 'good')
    await eventually(() => answers().length).toBeGreaterThanOrEqual(49)
    expect(answers().length).toBeLessThanOrEqual(51)
  })

  it('that have declared many bytes and sent few take only these', async () => {
    const served = await pressing({ maxBodyBytes: 1_000, maxUnverifiedBytes: 10_000 })
    const { answers } = await sixtySlow(served, 10)
    await thirtyGood(served, 'good')
    expect(answers()).toEqual([])
  })

  it('take nothing of another receiver', async () => {
    const one = await pressing({ maxUnverified: 10 })
    const other = await pressing({ maxUnverified: 10, inbox: one.inbox, name: 'other' })
    const { answers } = await sixtySlow(other, 1)
    const patient = await slow(one, 1)
    await thirtyGood(one, 'good')
    await eventually(() => answers().length).toBe(50)
    expect(patient.heard).toEqual([])
  })
})

describe('a place in memory', () => {
  it('is given back by whatever ends', async () => {
    const served = await pressing({ maxUnverified: 2, maxBodyBytes: 1_000, readTimeoutMs: 50 })
    for (let n = 0; n < 5; n++) {
      const { socket, heard } = await slow(served, 10)
      await eventually(() => heard.join('')).toContain('body-too-slow')
      socket.destroy()
      const cut = await slow(served, 10)
      cut.socket.destroy()
      await once(cut.socket, 'close')
      expect((await served.post({ ...forged, body: Buffer.alloc(1_001) })).status).toBe(413)
      expect((await served.post(forged)).status).toBe(401)
      expect((await served.post(delivery(`evt-${n}`))).status).toBe(200)
    }
    await eventually(() => served.rejected.length).toBe(20)
    const last = await slow(served, 10)
    expect((await served.post(delivery('last'))).status).toBe(200)
    expect(last.heard).toEqual([])
    expect(served.log.where({ code: 'receiver-overloaded' })).toEqual([])
  })

  it('is held while keys are fetched: then it is the newest that is turned away', async () => {
    const keys = Promise.withResolvers<string>()
    const served = await pressing({ maxUnverified: 3, secret: () => keys.promise, budgetMs: 5_000 })
    const waiting = [1, 2, 3].map((n) => served.post(delivery(`evt-${n}`)))
    const code = async () => (await served.post(delivery('evt-4'))).body
    await eventually(code).toContain('receiver-overloaded')
    keys.resolve(SECRETS.press)
    for (const { status } of await Promise.all(waiting)) expect(status).toBe(200)
    expect((await served.post(delivery('evt-4'))).status).toBe(200)
  })

  it('is not needed for what is refused by its head', async () => {
    const served = await pressing({ maxUnverified: 1, secret: OLD })
    const patient = await slow(served, 1)
    expect((await served.post(forged, 'PUT')).status).toBe(405)
    expect(patient.heard).toEqual([])
  })

  it('counts bytes that somebody else has read', async () => {
    const served = await pressing({ maxBodyBytes: 1_000, maxUnverifiedBytes: 1_500 })
    const patient = await slow(served, 900)
    const { receiver } = served
    const body = Buffer.alloc(900)
    const rawHeaders = Object.entries(forged.headers).flat() as string[]
    const request = {
      method: 'POST',
      rawHeaders,
      readBody: async () => body,
      remoteAddress: undefined,
      tls: undefined,
    }
    const heard = async () => {
      expect((await receiver.receive(request)).status).toBe(401)
      return patient.heard.join('')
    }
    await eventually(heard).toContain('receiver-overloaded')
  })
})
