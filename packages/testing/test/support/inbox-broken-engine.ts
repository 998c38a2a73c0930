import { type InboxEngine, memoryEngine, type Receipt, type Settlement } from '@kyc-webhooks/core'

/** What goes wrong in an engine: what is returned replaces methods of the good one. */
export type Fault = (good: InboxEngine) => Partial<InboxEngine>

/** A fault, and a case of the contract that must notice it. */
export interface BrokenEngine {
  noticedBy: string
  fault: Fault
}

/** An engine with a fault. */
export function breakEngine(fault: Fault): InboxEngine {
  const good = memoryEngine()
  return { ...good, ...fault(good) }
}

/** A fault in what reaches the engine. */
export function receipts(change: (receipt: Receipt, index: number) => Receipt): Fault {
  return (good) => ({ commit: (given, settlements) => good.commit(given.map(change), settlements) })
}

/** A fault that remembers keys or nonces of receipts that were not recorded. */
export function burns(
  when: (outcome: string) => boolean,
  what: (receipt: Receipt) => Partial<Receipt>,
): Fault {
  return (good) => ({
    async commit(given, settlements) {
      const outcomes = await good.commit(given, settlements)
      for (const [index, { quarantine, ...receipt }] of given.entries()) {
        if (when(outcomes[index] ?? '')) await good.commit([{ ...receipt, events: [], ...what(receipt) }], [])
      }
      return outcomes
    },
  })
}

type Claims = Awaited<ReturnType<InboxEngine['claim']>>['claims']

/** A fault in what was started. */
export function claims(change: (claims: Claims) => Claims): Fault {
  return (good) => ({
    async claim(request) {
      const { claims, nextDueAt } = await good.claim(request)
      return { claims: change(claims), nextDueAt }
    },
  })
}

/** A fault in what settles an attempt. */
export function settlements(change: (settlement: Settlement) => Settlement): Fault {
  return (good) => ({ commit: (receipts, given) => good.commit(receipts, given.map(change)) })
}

/** A fault that takes a settlement for one of the running attempt, whichever it names. */
export function late(
  when: (settlement: Settlement, event: { state: string; attempts: number; crashes: number }) => boolean,
): Fault {
  return (good) => ({
    async commit(receipts, given) {
      const events = new Map((await good.events({ limit: 1_000 })).map((event) => [event.seq, event]))
      const change = (settlement: Settlement) => {
        const event = events.get(settlement.seq)
        return event && when(settlement, event) ? { ...settlement, attempt: event.attempts } : settlement
      }
      return good.commit(receipts, given.map(change))
    },
  })
}
