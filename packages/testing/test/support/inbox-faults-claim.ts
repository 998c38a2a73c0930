import type { InboxEngine, Settlement } from '@kyc-webhooks/core'
import { type BrokenEngine, claims } from './inbox-broken-engine.ts'

/** Engines that start events wrongly. */
export const claimFaults: Readonly<Record<string, BrokenEngine>> = {
  'starts what is not due': {
    noticedBy: 'starts an event once, from when it is due',
    fault: (good) => ({ claim: (request) => good.claim({ ...request, now: request.now + 1 }) }),
  },
  'starts in order of recording': {
    noticedBy: 'starts the events due longest first, not those recorded first',
    fault: claims((claims) => claims.toSorted((a, b) => a.seq - b.seq)),
  },
  'starts the newest first': {
    noticedBy: 'starts events that are due at the same time in order of recording',
    fault: claims((claims) => claims.toReversed()),
  },
  'starts more than asked': {
    noticedBy: 'starts no more than asked, and tells when the next is due',
    fault: (good) => ({ claim: (request) => good.claim({ ...request, limit: request.limit + 1 }) }),
  },
  'starts events of everybody': {
    noticedBy: 'starts only events of the receiver that is asked for',
    fault: (good) => ({
      async claim(request) {
        await good.acquire('uip', request.now)
        const theirs = await good.claim({ ...request, receiver: 'uip' })
        const { claims, nextDueAt } = await good.claim(request)
        return { claims: [...claims, ...theirs.claims], nextDueAt }
      },
    }),
  },
  'looks, then starts': {
    noticedBy: 'never starts an event twice when claims overlap',
    fault: (good) => {
      const last: Parameters<typeof good.claim>[0][] = []
      return {
        async claim(request) {
          const events = last.length > 0 ? await good.events({ state: 'running', limit: 1 }) : []
          last.push(request)
          const { claims, nextDueAt } = await good.claim(request)
          const again = events.map(({ seq, attempts, crashes, json, context }) => ({
            ...{ seq, attempt: attempts, crashes, json, unsigned: [], context },
          }))
          return { claims: [...again, ...claims], nextDueAt }
        },
      }
    },
  },
  'starts events without the right to': {
    noticedBy: 'starts nothing for who does not hold the right to run',
    fault: (good) => ({
      async claim(request) {
        await good.acquire(request.receiver, request.now)
        return good.claim(request)
      },
    }),
  },
  'forgets crashes': {
    noticedBy: 'counts a crash for each attempt that never finished',
    fault: (good) => ({
      acquire: settlingRunning(good, (seq, attempt) => ({ seq, attempt, result: 'retry', at: 0 })),
    }),
  },
  'counts a crash for events of all receivers': {
    noticedBy: 'counts no crash for settled events or other receivers',
    fault: (good) => ({
      async acquire(receiver, now) {
        await good.release('uip')
        await good.acquire('uip', now)
        return good.acquire(receiver, now)
      },
    }),
  },
  'counts crashes whoever asks': {
    noticedBy: 'leaves running events alone when the right is asked for again by who holds it',
    fault: (good) => ({
      async acquire(receiver, now) {
        await good.release(receiver)
        return good.acquire(receiver, now)
      },
    }),
  },
  'starts suspects unasked': {
    noticedBy: 'starts one suspect at a time, and only when asked to',
    fault: (good) => ({ claim: (request) => good.claim({ ...request, suspects: true }) }),
  },
  'starts suspects last': {
    noticedBy: 'starts a suspect when its turn comes among the others',
    fault: (good) => ({
      async claim(request) {
        const others = await good.claim({ ...request, suspects: false })
        return others.claims.length > 0 ? others : good.claim(request)
      },
    }),
  },
}

/** Settles what was left running before it takes the right. */
function settlingRunning(
  good: InboxEngine,
  settlement: (seq: number, attempt: number) => Settlement,
): InboxEngine['acquire'] {
  return async (receiver, now) => {
    const running = await good.events({ receiver, state: 'running' })
    const left = running.map(({ seq, attempts }) => ({ ...settlement(seq, attempts), dueAt: now }))
    await good.commit([], left)
    return good.acquire(receiver, now)
  }
}
