import { type Inbox, type InboxOptions, type Receipt, silentLogger, type Work } from '@kyc-webhooks/core'
import { expect, vi } from 'vitest'
import { type EngineFixture, type InboxCase, inboxOn } from './inbox-case.ts'
import { receipt } from './inbox-samples.ts'

/** A delivery that arrives now, so that a worker runs it now. */
export function arriving(id: string, changes: Partial<Receipt> = {}): Receipt {
  return receipt(id, { receivedAt: Date.now(), ...changes })
}

/** Work of receiver `press`: three attempts, the next at once. */
export function workOf(run: Work['run'], changes: Partial<Work> = {}): Work {
  return {
    ...{ receiver: 'press', run, concurrency: 4, timeoutMs: 10_000, keepHandledMs: 60_000 },
    retry: { attempts: 3, firstDelayMs: 1, factor: 1, maxDelayMs: 1, crashes: 3 },
    ...{ logger: silentLogger, now: Date.now, random: () => 0 },
    ...changes,
  }
}

/** A case on an inbox, which is closed at the end. */
export function onInbox(
  name: string,
  run: (inbox: Inbox, fixture: EngineFixture) => Promise<void>,
  options: InboxOptions = {},
): InboxCase {
  return {
    name,
    async run(fixture) {
      const inbox = await inboxOn(fixture, options)
      try {
        await run(inbox, fixture)
      } finally {
        await inbox.close()
      }
    },
  }
}

/** A case on two inboxes that share a store, as two processes would. */
export function onTwoInboxes(name: string, run: (a: Inbox, b: Inbox) => Promise<void>): InboxCase {
  const onSecond = async (a: Inbox, fixture: EngineFixture) => onInbox(name, (b) => run(a, b)).run(fixture)
  return { ...onInbox(name, onSecond), persistent: true }
}

/** Waits until the counts of events are these. */
export async function untilStats(
  inbox: Inbox,
  stats: Partial<Awaited<ReturnType<Inbox['stats']>>>,
): Promise<void> {
  await vi.waitFor(async () => expect(await inbox.stats()).toMatchObject(stats), {
    timeout: 5_000,
    interval: 5,
  })
}

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
export const nameOf = ({ json }: { json: string }): string => JSON.parse(json).name
