import type {
  Claim,
  EncryptionKey,
  EncryptionOptions,
  Inbox,
  InboxOptions,
  Receipt,
} from '@kyc-webhooks/core'
import { subjectHash } from '@kyc-webhooks/core/engine'
import { expect } from 'vitest'
import { type EngineFixture, type InboxCase, inboxOn } from './inbox-case.ts'
import { bytes } from './inbox-samples.ts'
import { arriving, sleep, untilStats, workOf } from './inbox-work.ts'

const key = (id: string, fill = id.charCodeAt(0)): EncryptionKey => ({
  id,
  key: Uint8Array.from({ length: 32 }, (_, index) => (fill + index) % 256),
})
const [a, b] = [key('a'), key('b')]
export const SEALED: EncryptionOptions = { keys: [a] }

/** A delivery about somebody, with a trace in each of its parts. */
function about(person: string, id: string = person, changes: Partial<Receipt> = {}): Receipt {
  const json = JSON.stringify({ type: 'kyc.completed', subject: person, name: `event of ${person}` })
  return arriving(id, {
    body: bytes(`body of ${person}`),
    headers: { 'x-name': `header of ${person}` },
    context: { id: `id of ${person}`, receivedAt: '2026-01-01T00:00:00.000Z' },
    events: [{ type: 'kyc.completed', json, unsigned: [], subject: subjectHash(person) }],
    ...changes,
  })
}

const traces = async (fixture: EngineFixture): Promise<string[]> => [
  ...new Set(
    (await fixture.content()).toString('latin1').match(/(body|header|id|event) of (anna|ben|cleo|dora|bad)/g),
  ),
]
const ALL = ['body', 'header', 'id', 'event']

/** Runs on an inbox of the store, as a process of its own would. */
async function running<T>(
  fixture: EngineFixture,
  encryption: EncryptionOptions | undefined,
  run: (inbox: Inbox) => Promise<T>,
): Promise<T> {
  const inbox = await inboxOn({ ...fixture, options: {} }, { encryption } satisfies InboxOptions)
  try {
    await inbox.open()
    return await run(inbox)
  } finally {
    await inbox.close()
  }
}

/** What `encryption` promises, on any engine. */
export const sealCases: readonly InboxCase[] = [
  {
    name: 'keeps nothing of what was delivered in plain text, and shows all of it',
    async run(fixture) {
      await running(fixture, SEALED, async (inbox) => {
        expect(await inbox.record(about('anna'))).toBe('recorded')
        expect(await inbox.record(about('ben', 'ben', { quarantine: 'body-unusable', events: [] }))).toBe(
          'quarantined',
        )
        expect(await inbox.record(about('cleo', 'anna'))).toBe('conflict')
        expect(await inbox.record(about('anna'))).toBe('duplicate')
        expect(await traces(fixture)).toEqual([])
        const {
          events: [event],
          headers,
          context,
        } = about('anna')
        const [row] = await inbox.events()
        expect(row).toMatchObject({
          json: event?.json,
          context,
          type: 'kyc.completed',
        })
        const delivery = await inbox.delivery(row?.seq ?? 0)
        expect(delivery).toMatchObject({ headers, context })
        expect(Buffer.from(delivery?.body ?? []).toString()).toBe('body of anna')
        const quarantined = await inbox.quarantined()
        expect(quarantined.map(({ body }) => Buffer.from(body).toString())).toEqual([
          'body of ben',
          'body of cleo',
        ])
        expect(quarantined).toMatchObject([about('ben'), about('cleo')].map(({ headers }) => ({ headers })))
        const claims: unknown[] = []
        inbox.work(workOf(async (claim) => void claims.push(claim)))
        await untilStats(inbox, { done: 1 })
        expect(claims).toMatchObject([{ json: event?.json, context }])
      })
    },
  },

  {
    name: 'does not open without its keys, or with other ones',
    async run(fixture) {
      await running(fixture, SEALED, (inbox) => inbox.record(about('anna')))
      const opening = (encryption: EncryptionOptions | undefined) =>
        running(fixture, encryption, async () => {})
      await expect(opening(undefined)).rejects.toMatchObject({ code: 'encryption-key-missing' })
      await expect(opening({ keys: [b] })).rejects.toMatchObject({ code: 'encryption-key-missing' })
      await expect(opening({ keys: [key('a', 99)] })).rejects.toMatchObject({ code: 'encryption-key-wrong' })
      await expect(opening({ keys: async () => [key('a', 99)] })).rejects.toMatchObject({
        code: 'encryption-key-wrong',
      })
      await running(fixture, SEALED, async (inbox) => {
        expect(await inbox.record(about('anna'))).toBe('duplicate')
        expect(await inbox.events()).toMatchObject([
          { state: 'waiting', json: about('anna').events[0]?.json },
        ])
      })
    },
  },

  {
    name: 'takes a new key beside the old one, and does without the old one after reencrypt',
    async run(fixture) {
      const old = ['anna', 'ben']
      await running(fixture, SEALED, async (inbox) => {
        for (const person of old) await inbox.record(about(person))
        await inbox.record(about('bad', 'bad', { quarantine: 'body-unusable', events: [] }))
      })
      const both = { keys: [b, a] }
      await running(fixture, both, async (inbox) => {
        await inbox.record(about('cleo'))
        expect(await inbox.record(about('anna'))).toBe('duplicate')
        expect((await inbox.events()).map(({ json }) => JSON.parse(json).subject)).toEqual([...old, 'cleo'])
      })
      await expect(running(fixture, { keys: [b] }, async () => {})).rejects.toMatchObject({
        code: 'encryption-key-missing',
      })
      await running(fixture, both, async (inbox) => {
        expect(await inbox.reencrypt()).toMatchObject({ deliveries: 2, quarantined: 1, hashes: 0 })
        expect(await inbox.reencrypt()).toMatchObject({ deliveries: 0, quarantined: 0, hashes: 0 })
      })
      await running(fixture, { keys: [b] }, async (inbox) => {
        expect(await inbox.record(about('anna'))).toBe('duplicate')
        expect((await inbox.events()).map(({ json }) => JSON.parse(json).subject)).toEqual([...old, 'cleo'])
        expect(Buffer.from((await inbox.quarantined())[0]?.body ?? []).toString()).toBe('body of bad')
        expect(await traces(fixture)).toEqual([])
      })
    },
  },

  {
    name: 'keeps nothing unverified in plain text, and knows and shows all of it under each key',
    async run(fixture) {
      const { body, headers, digest } = about('anna')
      const times = { receivedAt: 1_000, expiresAt: Date.now() + 600_000 }
      const context = { receivedAt: new Date(1_000).toISOString() }
      const keep = (inbox: Inbox) =>
        inbox.keepUnverified('press', [{ ...{ body, headers, digest, context }, ...times }], {
          max: 10,
          maxBytes: 1e6,
        })
      const shown = async (inbox: Inbox) => {
        const rows = await inbox.unverified()
        expect(rows).toMatchObject([{ receiver: 'press', receivedAt: 1_000, headers, context }])
        expect(rows.map((row) => Buffer.from(row.body).toString())).toEqual(['body of anna'])
      }
      await running(fixture, undefined, async (inbox) => {
        await keep(inbox)
        await shown(inbox)
      })
      expect(await traces(fixture)).toEqual(expect.arrayContaining(['body of anna', 'header of anna']))
      await running(fixture, SEALED, async (inbox) => {
        await inbox.reencrypt()
        expect(await traces(fixture)).toEqual([])
        await keep(inbox)
        await shown(inbox)
      })
      await running(fixture, { keys: [b, a] }, async (inbox) => {
        await keep(inbox)
        await shown(inbox)
        await inbox.reencrypt()
      })
      await running(fixture, { keys: [b] }, async (inbox) => {
        await keep(inbox)
        await shown(inbox)
        expect(await traces(fixture)).toEqual([])
      })
      await running(fixture, { keys: [b], seal: false }, async (inbox) => {
        await inbox.reencrypt()
        await shown(inbox)
      })
    },
  },

  {
    name: 'is switched on for an inbox in plain text, which knows what it knew',
    async run(fixture) {
      const nonce = { key: 'ab'.repeat(16), expiresAt: Date.now() + 600_000, strict: false }
      await running(fixture, undefined, async (inbox) => {
        await inbox.record(about('anna', 'anna', { nonce }))
        await inbox.record(about('bad', 'bad', { quarantine: 'body-unusable', events: [] }))
      })
      expect(await traces(fixture)).toEqual(expect.arrayContaining(ALL.map((part) => `${part} of anna`)))
      await running(fixture, SEALED, async (inbox) => {
        const knows = async () => {
          expect(await inbox.record(about('anna', 'anna', { nonce }))).toBe('duplicate')
          expect(await inbox.record(about('anna', 'other', { nonce, body: bytes('x') }))).toBe('nonce-reused')
          expect(await inbox.record(about('dora', 'anna'))).toBe('conflict')
          expect((await inbox.events()).map(({ json }) => JSON.parse(json).subject)).toEqual(['anna', 'ben'])
        }
        await inbox.record(about('ben'))
        await knows()
        expect(await inbox.reencrypt()).toMatchObject({ deliveries: 1, quarantined: 1, hashes: 2 })
        await knows()
        expect(await traces(fixture)).toEqual([])
      })
    },
  },

  {
    name: 'is switched off again, and knows what it knew',
    async run(fixture) {
      await running(fixture, SEALED, (inbox) => inbox.record(about('anna')))
      await running(fixture, { keys: [a], seal: false }, async (inbox) => {
        await inbox.record(about('ben'))
        expect(await traces(fixture)).toContain('event of ben')
        expect(await inbox.reencrypt()).toMatchObject({ deliveries: 1 })
        expect(await traces(fixture)).toEqual(expect.arrayContaining(ALL.map((part) => `${part} of anna`)))
        expect(await inbox.record(about('anna'))).toBe('duplicate')
        expect(await inbox.erase('anna', { unhandled: true })).toMatchObject({ events: 1 })
        expect((await inbox.events()).map(({ json }) => JSON.parse(json).subject)).toEqual(['ben'])
      })
    },
  },

  {
    name: 'lets an event wait for a key that is missing, and makes no attempt',
    persistent: true,
    async run(fixture) {
      const handled: string[] = []
      const run = async ({ json }: Claim) => void handled.push(JSON.parse(json).subject)
      await running(fixture, SEALED, async (inbox) => {
        // Another process has a key that this one has not heard of.
        await running(fixture, { keys: [b, a] }, (other) => other.record(about('ben')))
        await inbox.record(about('anna'))
        inbox.work(workOf(run))
        await untilStats(inbox, { done: 1, waiting: 1 })
        await expect
          .poll(async () => (await inbox.events({ state: 'waiting' }))[0])
          .toMatchObject({
            ...{ attempts: 0, crashes: 0, unreadable: 'key-missing', json: 'null' },
            error: undefined,
          })
        const [{ dueAt } = { dueAt: 0 }] = await inbox.events({ state: 'waiting' })
        expect(dueAt).toBeGreaterThan(Date.now() + 30_000)
      })
      expect(handled).toEqual(['anna'])
      await running(fixture, { keys: [a, b] }, async (inbox) => {
        expect((await inbox.events({ state: 'waiting' }))[0]?.unreadable).toBeUndefined()
      })
    },
  },

  {
    name: 'fetches its keys again, and goes on with those it has while they cannot be had',
    async run(fixture) {
      let fetch = async () => [a]
      await running(fixture, { keys: () => fetch(), keysMaxAgeMs: 1 }, async (inbox) => {
        await inbox.record(about('anna'))
        fetch = async () => {
          throw new Error('the key service is down')
        }
        await expect.poll(() => inbox.record(about('ben', `${Math.random()}`))).toBe('recorded')
        fetch = async () => [b, a]
        await expect
          .poll(async () => {
            await inbox.record(about('cleo', `${Math.random()}`))
            return (await fixture.content()).includes('kw1.AQFi')
          })
          .toBe(true)
        fetch = async () => [b]
        await sleep(5)
        await inbox.record(about('dora'))
        await sleep(5)
        // A key that rows need is not let go.
        const rows = await inbox.events()
        expect(rows.map(({ unreadable }) => unreadable)).toEqual(rows.map(() => undefined))
      })
    },
  },

  {
    name: 'seals all others anew when a row is damaged, and keeps its key until that row is gone',
    async run(fixture) {
      await running(fixture, SEALED, async (inbox) => {
        for (const person of ['anna', 'ben', 'cleo']) await inbox.record(about(person))
        await inbox.record(about('bad', 'bad', { quarantine: 'body-unusable', events: [] }))
      })
      const store = await fixture.open()
      const [, ben, cleo] = await store.deliveries({ after: 0, limit: 3 })
      if (!ben?.events[0] || !cleo) throw new Error('three deliveries were recorded')
      await store.rewrite({ deliveries: [{ ...ben, body: cleo.body }] })
      await running(fixture, { keys: [b, a] }, async (inbox) => {
        expect(await inbox.reencrypt()).toMatchObject({ deliveries: 2, quarantined: 1, broken: 1 })
      })
      await expect(running(fixture, { keys: [b] }, async () => {})).rejects.toMatchObject({
        code: 'encryption-key-missing',
      })
      await running(fixture, { keys: [b, a] }, async (inbox) => {
        await inbox.erase('ben', { unhandled: true })
        expect(await inbox.reencrypt()).toMatchObject({ deliveries: 0, broken: 0 })
      })
      await running(fixture, { keys: [b] }, async (inbox) => {
        expect((await inbox.events()).map(({ json }) => JSON.parse(json).subject)).toEqual(['anna', 'cleo'])
      })
    },
  },

  {
    name: 'opens nothing that was put in the place of something else',
    async run(fixture) {
      await running(fixture, SEALED, async (inbox) => {
        for (const person of ['anna', 'ben']) await inbox.record(about(person))
      })
      const store = await fixture.open()
      const [first, second] = await store.deliveries({ after: 0, limit: 2 })
      const [anna, ben] = [first?.events[0], second?.events[0]]
      if (!first || !second || !anna || !ben) throw new Error('two deliveries were recorded')
      // Ben's event in Anna's place, and in Ben's place nothing but changed bits.
      const events = [{ ...anna, json: ben.json }]
      const changed = [
        { ...ben, json: ben.json.slice(0, -4) + (ben.json.endsWith('AA==') ? 'BB==' : 'AAAA') },
      ]
      await store.rewrite({
        deliveries: [
          { ...first, body: second.body, events },
          { ...second, events: changed },
        ],
      })
      await running(fixture, SEALED, async (inbox) => {
        const shown = await inbox.events()
        expect(shown).toMatchObject([
          { json: 'null', unreadable: 'broken', type: 'kyc.completed' },
          { json: 'null', unreadable: 'broken' },
        ])
        expect(await inbox.delivery(anna.seq)).toBeUndefined()
        const letters: unknown[] = []
        const run = async () => {
          throw new Error('it must not run')
        }
        inbox.work(workOf(run, { onDeadLetter: (letter) => void letters.push(letter) }))
        await untilStats(inbox, { dead: 2 })
        expect(letters).toMatchObject([
          { error: 'sealed-value-broken', json: 'null' },
          { error: 'sealed-value-broken', json: 'null' },
        ])
      })
    },
  },

  {
    name: 'erases what is kept of a person, sealed or not',
    async run(fixture) {
      await running(fixture, undefined, (inbox) => inbox.record(about('anna')))
      await running(fixture, SEALED, async (inbox) => {
        await inbox.record(about('anna', 'more'))
        await inbox.record(about('ben'))
        await inbox.record(
          about('anna', 'bad', { quarantine: 'body-unusable', events: [], body: bytes('of "anna"') }),
        )
        inbox.work(workOf(async () => {}))
        await untilStats(inbox, { done: 3 })
        expect(await inbox.erase('anna')).toMatchObject({ events: 2, waiting: 0, running: 0, quarantined: 0 })
        const [{ seq } = { seq: 0 }] = await inbox.quarantined()
        expect(await inbox.erase('anna')).toMatchObject({ leftInQuarantine: [seq] })
        expect(await inbox.erase('anna', { unhandled: true })).toMatchObject({ quarantined: 1 })
        expect((await inbox.events()).map(({ json }) => JSON.parse(json).subject)).toEqual(['ben'])
        expect(await inbox.record(about('anna', 'more'))).toBe('duplicate')
        expect(await traces(fixture)).toEqual([])
      })
    },
  },
]
