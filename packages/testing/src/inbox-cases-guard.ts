import { expect } from 'vitest'
import { exclusive, type InboxCase, onEngine } from './inbox-case.ts'
import {
  bytes,
  claim,
  event,
  headOf,
  KEY_MS,
  receipt,
  record,
  settle,
  startOne,
  T0,
} from './inbox-samples.ts'
import { moveIn, moveOf, moveOut, NOTHING } from './inbox-samples-move.ts'

/** A hash as one that was made with a key: of another length. */
const keyed = (hash: string): string => hash.repeat(2).slice(0, 48)

/** What sealing needs of a store. */
export const guardCases: readonly InboxCase[] = [
  onEngine('keeps one seal, and replaces the one that is there alone', async (engine) => {
    expect(await engine.seal()).toBeUndefined()
    expect(await engine.setSeal('other', 'one')).toBeUndefined()
    expect(await Promise.all([engine.setSeal(undefined, 'one'), engine.setSeal(undefined, 'two')])).toEqual(
      expect.arrayContaining([await engine.seal()]),
    )
    const first = await engine.seal()
    expect(await engine.setSeal('three', 'four')).toBe(first)
    expect(await engine.setSeal(first, 'five')).toBe('five')
    expect(await engine.seal()).toBe('five')
  }),

  onEngine('hands its seal over, and takes over that of its source or none', async (engine) => {
    await engine.setSeal(undefined, 'of the target')
    await moveIn(engine, moveOf(NOTHING, { seal: 'of the source' }))
    expect(await engine.seal()).toBe('of the source')
    expect((await moveOut(engine)).move.seal).toBe('of the source')
  }),

  onEngine('takes over that its source had no seal', async (engine) => {
    await engine.setSeal(undefined, 'of the target')
    await moveIn(engine, moveOf(NOTHING))
    expect(await engine.seal()).toBeUndefined()
  }),

  onEngine('shows deliveries as they are stored, and puts them in another form', async (engine) => {
    await record(engine, 'a', { events: [event('1'), event('2')] })
    await record(engine, 'b')
    const [a, ...others] = await engine.deliveries({ after: 0, limit: 1 })
    expect([a?.headers, a?.context, others]).toEqual([receipt('a').headers, receipt('a').context, []])
    expect(a?.events.map(({ json, receiver }) => [json, receiver])).toEqual([
      [event('1').json, 'press'],
      [event('2').json, 'press'],
    ])
    const body = Uint8Array.from({ length: 300_000 }, (_, index) => index % 256)
    const [headers, context] = [{ x: 'y' }, { receivedAt: 'later' }]
    const events = (a?.events ?? []).map((fact) => ({ ...fact, json: `sealed ${fact.seq}`, subject: 'ab' }))
    await engine.rewrite({ deliveries: a ? [{ seq: a.seq, body, headers, context, events }] : [] })
    const [after, b] = await engine.deliveries({ after: 0, limit: 10 })
    expect(after).toMatchObject({ headers, context, events })
    expect(Buffer.from(after?.body ?? [])).toEqual(Buffer.from(body))
    expect(b).toMatchObject({ context: receipt('b').context })
    expect(await engine.deliveries({ after: after?.seq ?? 0, limit: 10 })).toHaveLength(1)
    expect((await claim(engine, T0, 1)).claims).toMatchObject([{ json: events[0]?.json, context }])
    await engine.rewrite({ deliveries: [{ ...{ seq: 999_999, body, headers, context }, events: [] }] })
  }),

  onEngine(
    'puts quarantined deliveries in another form, and those that came again are the same',
    async (engine) => {
      await record(engine, 'a', { quarantine: 'body-unusable' })
      const [row] = await engine.quarantined({})
      const changed = { seq: row?.seq ?? 0, body: bytes('sealed'), headers: {}, context: { receivedAt: 'x' } }
      expect(row?.digest).toBe(receipt('a').digest)
      const digest = keyed(row?.digest ?? '')
      await engine.rewrite({ quarantined: [{ ...changed, digest }] })
      await record(engine, 'a', { quarantine: 'body-unusable', digest })
      const [after, ...others] = await engine.quarantined({})
      expect([after, others]).toMatchObject([{ ...{ count: 2, digest }, context: { receivedAt: 'x' } }, []])
      expect(Buffer.from(after?.body ?? []).toString()).toBe('sealed')
    },
  ),

  onEngine('puts keys in the place of others, remembered as long', async (engine) => {
    const [a, b] = [receipt('a'), receipt('b')]
    await engine.commit(
      [a, b].toSorted((one, two) => ((one.key ?? '') < (two.key ?? '') ? -1 : 1)),
      [],
    )
    const plain = await engine.plainHashes('key', '', 10)
    expect(plain.map(({ hash }) => hash)).toEqual([a.key, b.key].toSorted())
    expect(await engine.plainHashes('key', plain[0]?.hash ?? '', 10)).toEqual(plain.slice(1))
    expect(await engine.plainHashes('key', '', 1)).toEqual(plain.slice(0, 1))
    const put = plain.map(({ hash, digest = '' }) => ({ from: hash, to: keyed(hash), digest: keyed(digest) }))
    await engine.rehash('key', put)
    await engine.rehash('key', put)
    expect(await engine.plainHashes('key', '', 10)).toEqual([])
    const again = { key: keyed(a.key ?? ''), digest: keyed(a.digest) }
    expect(await record(engine, 'a', { ...again, receivedAt: T0 + KEY_MS - 1 })).toBe('duplicate')
    expect(await record(engine, 'a', { ...again, digest: keyed(b.digest) })).toBe('conflict')
    expect(await record(engine, 'a', { ...again, receivedAt: T0 + KEY_MS })).toBe('recorded')
  }),

  exclusive(
    onEngine('puts heads in the place of others, and of two the later counts', async (engine) => {
      const handled = async (id: string, key: string, time: number) =>
        settle(engine, await startOne(engine, id), 'done', { head: { key, time } })
      const [anna, ben] = [headOf('anna'), headOf('ben')]
      await handled('a', anna, 900)
      await handled('b', keyed(anna), 500)
      await handled('c', ben, 1)
      const plain = await engine.plainHashes('head', '', 10)
      expect(plain.map(({ hash }) => hash)).toEqual([anna, ben].toSorted())
      await engine.rehash(
        'head',
        plain.map(({ hash }) => ({ from: hash, to: keyed(hash) })),
      )
      expect(await engine.plainHashes('head', '', 10)).toEqual([])
      expect(await engine.head([keyed(anna)])).toBe(900)
      expect(await engine.head([keyed(ben), ben])).toBe(1)
      expect(await engine.head([anna, ben])).toBeUndefined()
    }),
  ),
]
