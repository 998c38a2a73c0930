import { createReceiver, type Inbox, press, type Receiver } from '@kyc-webhooks/core'
import { pressEvents, pressSimulator } from '@kyc-webhooks/simulator'
import { onTestFinished, vi } from 'vitest'
import { secrets } from './secrets.ts'
import type { AtEnd } from './temporary.ts'

export interface Filled {
  receiver: Receiver
  /** Makes handlers succeed from now on. */
  mend(): void
}

/** What must not be seen unless it was asked for: a name in the payload. */
export const PERSONAL = 'Fatima Al Mansoori'

/**
 * An inbox with two events that were handled (1, 2), two dead letters (3, 4) and two deliveries in quarantine (1, 2), and
 * with its receiver at work. Closed when it is over.
 */
export async function fill(inbox: Inbox, atEnd: AtEnd = onTestFinished): Promise<Filled> {
  let isBroken = false
  const receiver = createReceiver(press(), {
    secret: secrets.press,
    inbox,
    logger: false,
    retry: { attempts: 1 },
    budgetMs: 60_000,
    onEvent: () => {
      if (isBroken) throw new TypeError('a defect')
    },
  })
  atEnd(async () => {
    await receiver.close()
    await inbox.close()
  })
  await receiver.ready
  const simulator = pressSimulator({ url: 'http://localhost/', secret: secrets.press })
  const drafts = pressEvents({ seed: 7 })
  const receive = async (counts: Parameters<typeof drafts.envelope>[0], stale = false) => {
    const draft = drafts.envelope(counts, { name: PERSONAL })
    const { headers, body } = simulator.prepare(draft, stale ? { flaw: 'stale-timestamp' } : {})
    const rawHeaders = Object.entries(headers).flat()
    const request = { method: 'POST', rawHeaders, remoteAddress: undefined, tls: undefined }
    await receiver.receive({ ...request, readBody: async () => body })
  }
  const wait = (count: object) =>
    vi.waitFor(async () => {
      const stats = await inbox.stats()
      for (const [state, wanted] of Object.entries(count))
        if (stats[state as 'done'] !== wanted) throw new Error(`${state}: ${stats[state as 'done']}`)
    }, 10_000)
  await receive({ NEW_ID: 1, VISA_EXTENSION: 1 })
  await wait({ done: 2 })
  isBroken = true
  await receive({ NEW_ID: 2 })
  await wait({ dead: 2 })
  await receive({ NEW_ID: 1 }, true)
  await receive({ FILE_CANCEL: 1 }, true)
  return {
    receiver,
    mend: () => {
      isBroken = false
    },
  }
}
