import { describe, expect, it } from 'vitest'
import { createInbox } from '../src/inbox/create-inbox.ts'
import { memoryEngine } from '../src/inbox/memory-engine.ts'
import { Unusable } from '../src/provider.ts'
import { advanceAi } from '../src/providers/advance-ai.ts'
import { press } from '../src/providers/press.ts'
import { type Receiving, receiving } from './support/receiving.ts'
import { signedAdvanceAi, signedPress } from './support/signed.ts'
import { aaiCompleted, pressEnvelope } from './vectors/documented.ts'

const LATE = 600_000
const cloudEvent = (id: string) => ({
  ...{ specversion: '1.0', source: 'icp', type: 'ae.uaekyc.icp.immigration_entry.v1' },
  id,
  data: { uaekyc_id: 1 },
})

async function onlyRow({ inbox }: Pick<Receiving<never>, 'inbox'>) {
  const [row, ...others] = await inbox.quarantined()
  if (row === undefined) throw new Error('quarantine is empty')
  expect(others).toEqual([])
  return row
}

describe('redrive', () => {
  it('of a stale delivery hands its events to the handler, once', async () => {
    const { inbox, receive, handled, clock } = receiving(press())
    clock.now += LATE
    expect((await receive(signedPress(pressEnvelope))).status).toBe(401)
    const { seq } = await onlyRow({ inbox })
    expect(await inbox.redrive(seq)).toBe('recorded')
    expect(await handled()).toMatchObject([{ id: 'evt-imm-entry-999' }])
    expect(await inbox.quarantined()).toEqual([])
    await expect(inbox.redrive(seq)).rejects.toMatchObject({ code: 'redrive-impossible' })
  })

  it('keeps when it first came and what its headers said', async () => {
    const { inbox, receive, clock } = receiving(press())
    clock.now += LATE
    await receive(signedPress(pressEnvelope, { headers: { 'X-Webhook-Delivery-Attempt': '3' } }))
    clock.now += 86_400_000
    await receive(signedPress(pressEnvelope, { headers: { 'X-Webhook-Delivery-Attempt': '4' } }))
    await inbox.redrive((await onlyRow({ inbox })).seq)
    expect(await inbox.events()).toMatchObject([
      { context: { id: pressEnvelope.id, attempt: 3, receivedAt: '2026-03-30T12:55:00.000Z' } },
    ])
  })

  it('of what stays unusable leaves it in quarantine', async () => {
    const { inbox, receive } = receiving(press())
    await receive(signedPress('{"specversion":"1.0"}'))
    const row = await onlyRow({ inbox })
    expect(await inbox.redrive(row.seq)).toBe('quarantined')
    expect(await onlyRow({ inbox })).toEqual(row)
  })

  it('of what a corrected provider definition can read makes events of it', async () => {
    const engine = memoryEngine()
    const provider = press()
    let corrected = false
    const normalise: typeof provider.normalise = (authentic) => {
      if (!corrected) throw new Unusable('not yet')
      return provider.normalise(authentic)
    }
    const { inbox, receive, handled } = receiving({ ...provider, normalise }, { inbox: createInbox(engine) })
    expect((await receive(signedPress(pressEnvelope))).status).toBe(400)
    corrected = true
    expect(await inbox.redrive((await onlyRow({ inbox })).seq)).toBe('recorded')
    expect(await handled()).toHaveLength(1)
  })

  it('of what came again in the meantime, and was accepted, changes nothing', async () => {
    const { inbox, receive, handled, clock } = receiving(press())
    clock.now += LATE
    await receive(signedPress(pressEnvelope))
    clock.now -= LATE
    await receive(signedPress(pressEnvelope))
    expect(await inbox.redrive((await onlyRow({ inbox })).seq)).toBe('duplicate')
    expect(await inbox.quarantined()).toEqual([])
    expect(await handled()).toHaveLength(1)
  })

  it('of a batch records every element of it, and then lets go of it', async () => {
    const { inbox, receive, handled, clock } = receiving(press())
    await receive(signedPress([cloudEvent('known')]))
    clock.now += LATE
    expect((await receive(signedPress([cloudEvent('a'), cloudEvent('known'), cloudEvent('b')]))).status).toBe(
      401,
    )
    for (const { seq } of await inbox.quarantined()) await inbox.redrive(seq)
    expect((await handled()).map(({ id }) => id).sort()).toEqual(['a', 'b', 'known'])
    expect(await inbox.quarantined()).toEqual([])
  })

  it('of a batch that fails halfway leaves it in quarantine, to be driven again', async () => {
    const engine = memoryEngine()
    let commits = 0
    let fails = false
    const commit: typeof engine.commit = (...batch) =>
      fails && ++commits > 1 ? Promise.reject(new Error('disk full')) : engine.commit(...batch)
    const inbox = createInbox({ ...engine, commit })
    const { receive, clock } = receiving(press(), {
      inbox,
      onEvent: () => new Promise(() => {}),
      closeGraceMs: 0,
    })
    clock.now += LATE
    await receive(signedPress([cloudEvent('a'), cloudEvent('b')]))
    const [row] = await inbox.quarantined()
    fails = true
    await expect(inbox.redrive(row?.seq ?? 0)).rejects.toMatchObject({ code: 'inbox-unavailable' })
    fails = false
    expect((await inbox.quarantined()).map(({ seq }) => seq)).toContain(row?.seq)
    expect(await inbox.redrive(row?.seq ?? 0)).toBe('recorded')
    expect(await inbox.events()).toHaveLength(2)
  })

  it('of a delivery whose nonce was reused asks for no nonce', async () => {
    const { inbox, receive, handled } = receiving(advanceAi())
    await receive(signedAdvanceAi(aaiCompleted, { nonce: 'n' }))
    expect(
      (await receive(signedAdvanceAi({ ...aaiCompleted, eventId: 'other' }, { nonce: 'n' }))).status,
    ).toBe(401)
    expect(await inbox.redrive((await onlyRow({ inbox })).seq)).toBe('recorded')
    expect(await handled()).toHaveLength(2)
  })

  it('of a number that is not there is refused, also when there is a later one', async () => {
    const { inbox, receive } = receiving(press())
    await receive(signedPress('{}'))
    const { seq } = await onlyRow({ inbox })
    for (const other of [seq - 1, seq + 1]) {
      await expect(inbox.redrive(other)).rejects.toMatchObject({ code: 'redrive-impossible' })
    }
    expect((await onlyRow({ inbox })).seq).toBe(seq)
  })

  it('is refused where no receiver of its name runs', async () => {
    const { receiver, inbox, receive, clock } = receiving(press())
    clock.now += LATE
    await receive(signedPress(pressEnvelope))
    const { seq } = await onlyRow({ inbox })
    await receiver.close()
    receiving(press(), { inbox, name: 'sandbox' })
    await expect(inbox.redrive(seq)).rejects.toMatchObject({ code: 'redrive-impossible' })
    expect(await inbox.quarantined()).toHaveLength(1)
  })

  it('can bring in an empty batch no more than its delivery could', async () => {
    const { inbox, receive } = receiving(press())
    expect((await receive(signedPress([]))).status).toBe(400)
    expect(await inbox.redrive((await onlyRow({ inbox })).seq)).toBe('quarantined')
  })

  it('remembers the id from then on, however long ago the delivery came', async () => {
    const { inbox, receive, handled, clock } = receiving(press())
    clock.now += LATE
    await receive(signedPress(pressEnvelope))
    clock.now += 30 * 86_400_000
    expect(await inbox.redrive((await onlyRow({ inbox })).seq)).toBe('recorded')
    const sentAt = Math.floor(clock.now / 1_000)
    expect((await receive(signedPress(pressEnvelope, { timestamp: String(sentAt) }))).status).toBe(200)
    expect(await handled()).toHaveLength(1)
  })
})
