import type { Inbox, Outcome, Receipt } from '@kyc-webhooks/core'
import { expect } from 'vitest'
import { type InboxCase, inboxOn } from './inbox-case.ts'
import { brokenReceipt, nonce } from './inbox-samples.ts'
import { arriving, onInbox, onTwoInboxes, sleep, untilStats, workOf } from './inbox-work.ts'

/** What core's `Inbox` promises on any engine, but for its workers. */
export const inboxCases: readonly InboxCase[] = [
  onInbox('opens when it is first needed, once', async (inbox) => {
    expect(await Promise.all([inbox.record(arriving('a')), inbox.open(), inbox.open()])).toContain('recorded')
    await inbox.open()
    expect(await inbox.stats()).toMatchObject({ waiting: 1 })
  }),

  onInbox('records the same delivery once however often it comes at once', async (inbox) => {
    const delivery = arriving('a')
    const outcomes = await Promise.all(Array.from({ length: 50 }, () => inbox.record(delivery)))
    expect(outcomes.toSorted()).toEqual([...Array(49).fill('duplicate'), 'recorded'])
    expect(await inbox.events()).toHaveLength(1)
  }),

  onInbox('tells each of many deliveries its own outcome', async (inbox) => {
    const ids = Array.from({ length: 600 }, (_, index) => `${index}`)
    await Promise.all(ids.filter((id) => Number(id) % 3 === 0).map((id) => inbox.record(arriving(id))))
    const outcomes = await Promise.all(ids.map((id) => inbox.record(arriving(id))))
    expect(outcomes).toEqual(ids.map((id) => (Number(id) % 3 === 0 ? 'duplicate' : 'recorded')))
    expect(await inbox.events({ limit: 1_000 })).toHaveLength(600)
  }),

  onInbox('records each of many deliveries once while they come again all the time', async (inbox) => {
    const ids = Array.from({ length: 900 }, (_, index) => `${index}`)
    const outcomes = new Map<string, Outcome[]>(ids.map((id) => [id, []]))
    const record = async (id: string, changes: Partial<Receipt> = {}) => {
      outcomes.get(id)?.push(await inbox.record(arriving(id, changes)))
    }
    const other = { body: new TextEncoder().encode('other bytes') }
    // Each comes back when others have gone their way: some meet the first in its commit, some after it.
    const comeBack = async (id: string, index: number) => {
      await sleep(index % 30)
      await Promise.all([record(id), index % 50 === 0 ? record(id, other) : undefined])
    }
    await Promise.all(ids.map(async (id, index) => Promise.all([record(id), comeBack(id, index)])))
    for (const [index, id] of ids.entries()) {
      const expected = index % 50 === 0 ? ['conflict', 'duplicate', 'recorded'] : ['duplicate', 'recorded']
      expect(outcomes.get(id)?.toSorted()).toEqual(expected)
    }
    expect(await inbox.events({ limit: 1_000 })).toHaveLength(900)
  }),

  onInbox('does not let one bad receipt fail the others', async (inbox) => {
    const receipts = [arriving('a'), brokenReceipt('bad'), arriving('b'), arriving('c')]
    const [a, bad, ...others] = await Promise.allSettled(receipts.map((receipt) => inbox.record(receipt)))
    expect([a, ...others].map((result) => result?.status === 'fulfilled' && result.value)).toEqual(
      Array(3).fill('recorded'),
    )
    expect(bad).toMatchObject({ status: 'rejected', reason: { code: 'inbox-unavailable' } })
  }),

  onInbox(
    'refuses more deliveries than may wait, and takes them again later',
    async (inbox) => {
      const results = await Promise.allSettled(['a', 'b', 'c', 'd'].map((id) => inbox.record(arriving(id))))
      expect(results).toMatchObject([
        ...Array(2).fill({ status: 'fulfilled', value: 'recorded' }),
        ...Array(2).fill({ status: 'rejected', reason: { code: 'inbox-full' } }),
      ])
      expect(await inbox.record(arriving('c'))).toBe('recorded')
    },
    { maxQueued: 2 },
  ),

  onInbox('finds nothing under what is no number of a row', async (inbox) => {
    await inbox.record({ ...arriving('a'), events: [], quarantine: 'body-unusable' })
    const odd = [1.5, 2 ** 53, 2 ** 64, -1, Number.NaN, Number.POSITIVE_INFINITY]
    expect(await inbox.retry(odd)).toBe(0)
    expect(await inbox.discard({ events: odd, quarantined: odd })).toBe(0)
    for (const seq of odd) {
      await expect(inbox.redrive(seq)).rejects.toMatchObject({ code: 'redrive-impossible' })
    }
    const [row] = await inbox.quarantined()
    expect(await inbox.discard({ quarantined: [...odd, row?.seq ?? 0] })).toBe(1)
  }),

  onTwoInboxes('tells one of two instances that race for a delivery that it is recorded', async (a, b) => {
    const ids = Array.from({ length: 150 }, (_, index) => `${index}`)
    const record = (inbox: Inbox) => Promise.all(ids.map((id) => inbox.record(arriving(id))))
    const [first, second] = await Promise.all([record(a), record(b)])
    expect(first.map((outcome, index) => [outcome, second[index]].toSorted())).toEqual(
      Array(ids.length).fill(['duplicate', 'recorded']),
    )
    expect(await a.events({ limit: 1_000 })).toHaveLength(ids.length)
  }),

  onTwoInboxes('gives a nonce to one of many deliveries that bring it to two instances', async (a, b) => {
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        (index % 2 === 0 ? a : b).record(arriving(`${index}`, { nonce: nonce('n', false, Date.now()) })),
      ),
    )
    expect(outcomes.toSorted()).toEqual([...Array(19).fill('nonce-reused'), 'recorded'])
    expect(await b.events()).toHaveLength(1)
    expect(await a.quarantined()).toHaveLength(19)
  }),

  onInbox('tells how the handling keeps up', async (inbox) => {
    const idle = { reachable: true, lagMs: 0, depth: 0, deadLetters: 0 }
    expect(await inbox.health()).toEqual(idle)
    await inbox.record(arriving('a'))
    await inbox.record(arriving('b'))
    await sleep(30)
    const { lagMs, ...rest } = await inbox.health()
    expect(rest).toEqual({ reachable: true, depth: 2, deadLetters: 0 })
    expect(lagMs).toBeGreaterThanOrEqual(20)
    expect(lagMs).toBeLessThan(10_000)
    const failing = async () => {
      throw new Error('always')
    }
    const retry = { attempts: 1, firstDelayMs: 1, factor: 1, maxDelayMs: 1, crashes: 3 }
    inbox.work(workOf(failing, { retry }))
    await untilStats(inbox, { dead: 2 })
    expect(await inbox.health()).toEqual({ ...idle, deadLetters: 2 })
    await inbox.close()
    expect(await inbox.health()).toEqual({ ...idle, reachable: false })
  }),

  {
    name: 'finishes commits under way before it closes, and takes no more',
    async run(fixture) {
      const inbox = await inboxOn(fixture)
      const recording = inbox.record(arriving('a'))
      await Promise.all([inbox.close(), inbox.close()])
      expect(await recording).toBe('recorded')
      await expect(inbox.record(arriving('b'))).rejects.toMatchObject({ code: 'inbox-unavailable' })
      await expect(inbox.open()).rejects.toMatchObject({ code: 'inbox-unavailable' })
    },
  },

  onInbox('discards a dead letter and still knows its delivery', async (inbox) => {
    const failing = async () => {
      throw new TypeError('with personal data')
    }
    inbox.work(workOf(failing))
    await inbox.record(arriving('a'))
    await inbox.record(arriving('b', { quarantine: 'body-unusable' }))
    await untilStats(inbox, { dead: 1, quarantined: 1 })
    const [[dead], [quarantined]] = [await inbox.events({ state: 'dead' }), await inbox.quarantined()]
    expect(await inbox.discard({ events: [dead?.seq ?? 0], quarantined: [quarantined?.seq ?? 0] })).toBe(2)
    expect(await inbox.stats()).toMatchObject({ dead: 0, quarantined: 0 })
    expect(await inbox.record(arriving('a'))).toBe('duplicate')
  }),

  onInbox(
    'deletes handled events by itself when their time is over',
    async (inbox) => {
      const worker = inbox.work(workOf(async () => {}, { keepHandledMs: 0 }))
      await inbox.record(arriving('a'))
      await untilStats(inbox, { waiting: 0, running: 0, done: 0 })
      expect(await inbox.record(arriving('a'))).toBe('duplicate')
      await worker.stop(1_000)
    },
    { purgeEveryMs: 5 },
  ),

  onInbox(
    'keeps handled events until their time is over',
    async (inbox) => {
      const worker = inbox.work(workOf(async () => {}))
      await inbox.record(arriving('a'))
      await untilStats(inbox, { done: 1 })
      await sleep(30)
      expect(await inbox.events({ state: 'done' })).toHaveLength(1)
      await worker.stop(1_000)
    },
    { purgeEveryMs: 5 },
  ),
]
