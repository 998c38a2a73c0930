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
    const { receiver, inbox, receive, handled, clock } = receiving(press())
    clock.now += LATE
    expect((await receive(signedPress(pressEnvelope))).status).toBe(401)
    const { seq } = await onlyRow({ inbox })
    expect(await receiver.redrive(seq)).toBe('recorded')
    expect(await handled()).toMatchObject([{ id: 'evt-imm-entry-999' }])
    expect(await inbox.quarantined()).toEqual([])
    await expect(receiver.redrive(seq)).rejects.toMatchObject({ code: 'option-invalid' })
  })

  it('keeps when it first came and what its headers said', async () => {
    const { receiver, inbox, receive, clock } = receiving(press())
    clock.now += LATE
    await receive(signedPress(pressEnvelope, { headers: { 'X-Webhook-Delivery-Attempt': '3' } }))
    clock.now += 86_400_000
    await receiver.redrive((await onlyRow({ inbox })).seq)
    expect(await inbox.events()).toMatchObject([
      { context: { id: pressEnvelope.id, attempt: 3, receivedAt: '2026-03-30T12:55:00.000Z' } },
    ])
  })

  it('of what stays unusable leaves it in quarantine', async () => {
    const { receiver, inbox, receive } = receiving(press())
    await receive(signedPress('{"specversion":"1.0"}'))
    const row = await onlyRow({ inbox })
    expect(await receiver.redrive(row.seq)).toBe('quarantined')
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
    const { receiver, inbox, receive, handled } = receiving(
      { ...provider, normalise },
      { inbox: createInbox(engine) },
    )
    expect((await receive(signedPress(pressEnvelope))).status).toBe(400)
    corrected = true
    expect(await receiver.redrive((await onlyRow({ inbox })).seq)).toBe('recorded')
    expect(await handled()).toHaveLength(1)
  })

  it('of what came again in the meantime, and was accepted, changes nothing', async () => {
    const { receiver, inbox, receive, handled, clock } = receiving(press())
    clock.now += LATE
    await receive(signedPress(pressEnvelope))
    clock.now -= LATE
    await receive(signedPress(pressEnvelope))
    expect(await receiver.redrive((await onlyRow({ inbox })).seq)).toBe('duplicate')
    expect(await inbox.quarantined()).toEqual([])
    expect(await handled()).toHaveLength(1)
  })

  it('of a batch records every element of it, and then lets go of it', async () => {
    const { receiver, inbox, receive, handled, clock } = receiving(press())
    await receive(signedPress([cloudEvent('known')]))
    clock.now += LATE
    expect((await receive(signedPress([cloudEvent('a'), cloudEvent('known'), cloudEvent('b')]))).status).toBe(401)
    for (const { seq } of await inbox.quarantined()) await receiver.redrive(seq)
    expect((await handled()).map(({ id }) => id).sort()).toEqual(['a', 'b', 'known'])
    expect(await inbox.quarantined()).toEqual([])
  })

  it('of a delivery whose nonce was reused asks for no nonce', async () => {
    const { receiver, inbox, receive, handled } = receiving(advanceAi())
    await receive(signedAdvanceAi(aaiCompleted, { nonce: 'n' }))
    expect((await receive(signedAdvanceAi({ ...aaiCompleted, eventId: 'other' }, { nonce: 'n' }))).status).toBe(401)
    expect(await receiver.redrive((await onlyRow({ inbox })).seq)).toBe('recorded')
    expect(await handled()).toHaveLength(2)
  })

  it('of a delivery of another receiver is refused', async () => {
    const { inbox, receive, clock } = receiving(press())
    clock.now += LATE
    await receive(signedPress(pressEnvelope))
    const { seq } = await onlyRow({ inbox })
    const sandbox = receiving(press(), { inbox, name: 'sandbox' })
    await expect(sandbox.receiver.redrive(seq)).rejects.toMatchObject({ code: 'option-invalid' })
    expect(await inbox.quarantined()).toHaveLength(1)
  })
})
