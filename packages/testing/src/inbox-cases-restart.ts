import type { Claim, DeadLetter } from '@kyc-webhooks/core'
import { expect } from 'vitest'
import { exclusive, type InboxCase } from './inbox-case.ts'
import { record, startOne } from './inbox-samples.ts'
import { arriving, nameOf, onInbox, onTwoInboxes, untilStats, workOf } from './inbox-work.ts'

/** What core's workers promise when processes die, and when several share a store. */
export const restartCases: readonly InboxCase[] = [
  {
    name: 'runs an event again whose attempt the process did not survive',
    persistent: true,
    exclusive: true,
    async run(fixture) {
      const dying = await fixture.open()
      await startOne(dying)
      await dying.close()
      const claims: Claim[] = []
      await onInbox('', async (inbox) => {
        inbox.work(workOf(async (claim) => void claims.push(claim)))
        await untilStats(inbox, { done: 1 })
      }).run(fixture)
      expect(claims).toMatchObject([{ attempt: 2, crashes: 1 }])
    },
  },

  {
    name: 'makes a dead letter of an event that keeps killing its process',
    persistent: true,
    exclusive: true,
    async run(fixture) {
      for (let crashes = 0; crashes < 3; crashes++) {
        const dying = await fixture.open()
        if (crashes === 0) await record(dying, 'poison')
        await dying.acquire('press', Date.now())
        await dying.claim({ receiver: 'press', now: Date.now(), limit: 1, suspects: true })
        await dying.close()
      }
      const run = async () => {
        throw new Error('it must not run')
      }
      await onInbox('', async (inbox) => {
        const letters: DeadLetter[] = []
        inbox.work(workOf(run, { onDeadLetter: (letter) => letters.push(letter) }))
        await untilStats(inbox, { dead: 1 })
        await expect.poll(() => letters).toMatchObject([{ error: 'crashed', crashes: 3 }])
      }).run(fixture)
    },
  },

  onTwoInboxes('runs soon what another process recorded', async (a, b) => {
    const ran: string[] = []
    a.work(workOf(async (claim) => void ran.push(nameOf(claim))))
    await a.open()
    await b.record(arriving('b'))
    const startedAt = performance.now()
    await untilStats(a, { done: 1 })
    expect(performance.now() - startedAt).toBeLessThan(2_000)
    expect(ran).toEqual(['b'])
  }),

  exclusive(
    onTwoInboxes('hands the events of a receiver over to another process when it stops', async (a, b) => {
      const ran: string[] = []
      const first = a.work(workOf(async () => void ran.push('a')))
      await a.record(arriving('1'))
      await untilStats(a, { done: 1 })
      b.work(workOf(async () => void ran.push('b')))
      await b.record(arriving('2'))
      await untilStats(b, { done: 2 })
      await first.stop(1_000)
      await b.record(arriving('3'))
      await untilStats(b, { done: 3 })
      expect(ran).toEqual(['a', 'a', 'b'])
    }),
  ),
]
