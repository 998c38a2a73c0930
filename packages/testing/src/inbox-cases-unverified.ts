import type { UnverifiedDelivery } from '@kyc-webhooks/core'
import { expect } from 'vitest'
import { type InboxCase, onEngine } from './inbox-case.ts'
import { bytes, claim, receipt, record, T0 } from './inbox-samples.ts'
import { moveOut } from './inbox-samples-move.ts'

const AGE_MS = 60_000
const AMPLE = { max: 100, maxBytes: 10_000_000 }

/** A delivery that no secret matched. */
const doubtful = (id: string, changes: Partial<UnverifiedDelivery> = {}): UnverifiedDelivery => ({
  ...{ digest: receipt(id).digest, receivedAt: T0, expiresAt: T0 + AGE_MS, body: bytes(`body ${id}`) },
  ...{ headers: { 'x-signature': `of ${id}` }, context: { receivedAt: new Date(T0).toISOString() } },
  ...changes,
})

const all = (ids: string): UnverifiedDelivery[] => [...ids].map((id) => doubtful(id))

/** What a store keeps of deliveries that nobody could verify. */
export const unverifiedCases: readonly InboxCase[] = [
  onEngine('keeps an unverified delivery as it came, to the byte, and by receiver', async (engine) => {
    const body = Uint8Array.from({ length: 300_000 }, (_, index) => index % 256)
    const odd = doubtful('a', { body, headers: { 'x-latin-1': '\u00ff "\\' }, receivedAt: T0 + 7 })
    await engine.keepUnverified('press', [odd, doubtful('b')], AMPLE)
    await engine.keepUnverified('uip', [doubtful('a')], AMPLE)
    const [first, second, ...others] = await engine.unverified({ receiver: 'press' })
    const { expiresAt: _, body: __, ...rest } = odd
    expect([first, others]).toMatchObject([{ ...rest, receiver: 'press' }, []])
    expect(Buffer.from(first?.body ?? [])).toEqual(Buffer.from(body))
    expect(await engine.unverified({ after: first?.seq ?? 0, limit: 1 })).toEqual([second])
    expect((await engine.unverified({})).map(({ receiver }) => receiver)).toEqual(['press', 'press', 'uip'])
  }),

  onEngine('keeps one row for each unverified delivery: the first', async (engine) => {
    const [a, again] = [doubtful('a'), doubtful('a', { receivedAt: T0 + 5, body: bytes('other') })]
    await engine.keepUnverified('press', [a, again], AMPLE)
    await engine.keepUnverified('press', [again], AMPLE)
    const rows = await engine.unverified({})
    expect(rows.map(({ receivedAt, body }) => [receivedAt, Buffer.from(body).toString()])).toEqual([
      [T0, 'body a'],
    ])
  }),

  onEngine('deletes the oldest unverified deliveries of the receiver beyond a number', async (engine) => {
    await engine.keepUnverified('uip', all('xyz'), AMPLE)
    await engine.keepUnverified('press', all('abc'), { ...AMPLE, max: 4 })
    await engine.keepUnverified('press', all('dcef'), { ...AMPLE, max: 4 })
    const rows = await engine.unverified({ receiver: 'press' })
    expect(rows.map(({ body }) => Buffer.from(body).toString())).toEqual(
      [...'cdef'].map((id) => `body ${id}`),
    )
    expect(await engine.unverified({ receiver: 'uip' })).toHaveLength(3)
  }),

  onEngine(
    'deletes the oldest unverified deliveries of the receiver beyond so many bytes',
    async (engine) => {
      const large = (id: string) => doubtful(id, { body: new Uint8Array(1_000) })
      await engine.keepUnverified('press', [...'abcd'].map(large), { ...AMPLE, maxBytes: 2_500 })
      expect((await engine.unverified({})).map(({ digest }) => digest)).toEqual(
        ['c', 'd'].map((id) => receipt(id).digest),
      )
      const headers = { 'x-long': 'x'.repeat(2_400) }
      await engine.keepUnverified('press', [doubtful('e', { headers })], { ...AMPLE, maxBytes: 2_500 })
      expect((await engine.unverified({})).map(({ digest }) => digest)).toEqual([receipt('e').digest])
    },
  ),

  onEngine('purges unverified deliveries that are too old, and counts them', async (engine) => {
    await engine.keepUnverified('press', all('abc'), AMPLE)
    await engine.keepUnverified('press', [doubtful('d', { expiresAt: T0 + AGE_MS + 1 })], AMPLE)
    expect(await engine.purge(T0 + AGE_MS - 1, 10)).toBe(0)
    expect(await engine.purge(T0 + AGE_MS, 2)).toBe(2)
    expect(await engine.purge(T0 + AGE_MS, 10)).toBe(1)
    expect((await engine.unverified({})).map(({ digest }) => digest)).toEqual([receipt('d').digest])
  }),

  onEngine('discards unverified deliveries by number, and never hands one to anybody', async (engine) => {
    await record(engine, 'q', { quarantine: 'body-unusable' })
    await engine.keepUnverified('press', all('abc'), AMPLE)
    const [first, second, third] = (await engine.unverified({})).map(({ seq }) => seq)
    expect((await claim(engine)).claims).toEqual([])
    expect(await engine.discard({ unverified: [first ?? 0, second ?? 0, 999_999] })).toBe(2)
    expect((await engine.unverified({})).map(({ seq }) => seq)).toEqual([third])
    expect(await engine.stats()).toMatchObject({ quarantined: 1, waiting: 0 })
    await engine.keepUnverified('press', all('ef'), AMPLE)
    expect((await engine.unverified({}))[1]?.seq).toBeGreaterThan(third ?? 0)
  }),

  onEngine(
    'puts unverified deliveries in another form, and those that came again are the same',
    async (engine) => {
      await engine.keepUnverified('press', all('ab'), AMPLE)
      const [a, b] = await engine.unverified({})
      const changed = { body: bytes('sealed'), headers: {}, context: { receivedAt: 'x' } }
      const digest = receipt('other').digest.slice(0, 48)
      await engine.rewrite({ unverified: [{ seq: a?.seq ?? 0, ...changed, digest }] })
      await engine.keepUnverified('press', [doubtful('again', { digest })], AMPLE)
      const [after, ...others] = await engine.unverified({})
      expect([after, others]).toMatchObject([{ digest, headers: {}, context: { receivedAt: 'x' } }, [b]])
      expect(Buffer.from(after?.body ?? []).toString()).toBe('sealed')
      await engine.rewrite({ unverified: [{ seq: b?.seq ?? 0, ...changed, digest }] })
      expect((await engine.unverified({})).map(({ seq }) => seq)).toEqual([b?.seq])
    },
  ),

  onEngine('keeps nothing unverified once it was moved, and moves nothing of it', async (engine) => {
    await engine.keepUnverified('press', all('ab'), AMPLE)
    const { move } = await moveOut(engine)
    expect(Object.values(move.counts)).toEqual(Object.values(move.counts).map(() => 0))
    await expect(engine.keepUnverified('press', all('c'), AMPLE)).rejects.toMatchObject({
      code: 'inbox-moved',
    })
  }),
]
