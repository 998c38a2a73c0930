import { KycWebhookError, type RefusalCode } from '../errors.ts'
import { decideOutcome, quarantineReason, unexpired } from './memory-outcome.ts'
import type {
  EventRecord,
  InboxEngine,
  Outcome,
  PageQuery,
  QuarantineRecord,
  Receipt,
  Settlement,
} from './port.ts'

interface StoredEvent extends EventRecord {
  unsigned: readonly string[]
  purgeAt: number
}

/** Keeps everything in memory, for tests: an event that was answered 200 is gone when the process ends. */
export function memoryEngine(): InboxEngine {
  const seen = new Map<string, { digest: string; expiresAt: number }>()
  const nonces = new Map<string, { usedBy: string | undefined; expiresAt: number }>()
  const events = new Map<number, StoredEvent>()
  const quarantine = new Map<number, QuarantineRecord & { digest: string }>()
  const heads = new Map<string, number>()
  const held = new Set<string>()
  let lastSeq = 0

  function receive(receipt: Receipt): Outcome {
    const { key, nonce, redriven } = receipt
    const outcome = decideOutcome(
      receipt,
      unexpired(seen, key, receipt.receivedAt),
      unexpired(nonces, nonce?.key, receipt.receivedAt),
    )
    if (outcome === 'recorded') {
      if (key !== undefined) seen.set(key, { digest: receipt.digest, expiresAt: receipt.keyExpiresAt })
      if (nonce) nonces.set(nonce.key, { usedBy: key, expiresAt: nonce.expiresAt })
      for (const event of receipt.events) addEvent(receipt, event)
    }
    const reason = quarantineReason(outcome, receipt)
    if (reason) keepInQuarantine(receipt, reason)
    else if (redriven !== undefined) quarantine.delete(redriven)
    return outcome
  }

  function addEvent(receipt: Receipt, { type, json, unsigned }: Receipt['events'][number]): void {
    const { receiver, receivedAt, context } = receipt
    const seq = ++lastSeq
    const fresh = { state: 'waiting', attempts: 0, crashes: 0, dueAt: receivedAt, error: undefined } as const
    events.set(seq, {
      ...{ seq, receiver, type, json, unsigned, receivedAt, context },
      ...fresh,
      purgeAt: Number.POSITIVE_INFINITY,
    })
  }

  function keepInQuarantine(receipt: Receipt, reason: RefusalCode): void {
    const { receiver, digest, receivedAt, body, headers, context, redriven = 0 } = receipt
    const again = quarantine.get(redriven)
    const row =
      again ?? [...quarantine.values()].find((row) => row.receiver === receiver && row.digest === digest)
    if (!row) {
      const seq = ++lastSeq
      const times = { firstAt: receivedAt, lastAt: receivedAt, count: 1 }
      quarantine.set(seq, { seq, receiver, digest, reason, ...times, body, headers, context })
      return
    }
    row.reason = reason
    // A redrive is no arrival.
    if (!again) Object.assign(row, { lastAt: receivedAt, count: row.count + 1 })
  }

  function settle({ seq, attempt, result, at, dueAt = at, error, purgeAt, head }: Settlement): void {
    const event = events.get(seq)
    if (event?.state !== 'running' || event.attempts !== attempt) return
    event.state = result === 'done' || result === 'dead' ? result : 'waiting'
    if (event.state === 'waiting') event.dueAt = dueAt
    if (result === 'released') event.attempts--
    if (result === 'retry' || result === 'dead') event.error = error
    if (result !== 'done') return
    event.error = undefined
    event.purgeAt = purgeAt ?? Number.POSITIVE_INFINITY
    if (!head) return
    const subject = JSON.stringify([event.receiver, head.subject])
    heads.set(subject, Math.max(head.time, heads.get(subject) ?? head.time))
  }

  const waiting = (receiver: string) =>
    [...events.values()]
      .filter((event) => event.receiver === receiver && event.state === 'waiting')
      .sort((a, b) => a.dueAt - b.dueAt || a.seq - b.seq)

  return {
    name: 'memory',
    durable: false,
    async open() {},

    async commit(receipts, settlements) {
      // Own copies first: after that nothing can fail, so all of it happens or none.
      const own = structuredClone({ receipts, settlements })
      for (const settlement of own.settlements) settle(settlement)
      return own.receipts.map(receive)
    },

    async acquire(receiver, now) {
      if (held.has(receiver)) return true
      held.add(receiver)
      for (const event of events.values()) {
        if (event.receiver !== receiver || event.state !== 'running') continue
        Object.assign(event, { state: 'waiting', dueAt: now, crashes: event.crashes + 1 })
      }
      return true
    },

    async release(receiver) {
      held.delete(receiver)
    },

    async claim({ receiver, now, limit, suspects }) {
      if (!held.has(receiver)) throw new KycWebhookError('inbox-unavailable', 'claim without acquire')
      const due = waiting(receiver).filter((event) => event.dueAt <= now)
      const suspect = suspects ? due.find((event) => event.crashes > 0) : undefined
      const started = due.filter((event) => event.crashes === 0 || event === suspect).slice(0, limit)
      const claims = started.map((event) => {
        event.state = 'running'
        event.attempts++
        const { seq, attempts: attempt, crashes, json, unsigned, context } = event
        return structuredClone({ seq, attempt, crashes, json, unsigned, context })
      })
      return { claims, nextDueAt: waiting(receiver)[0]?.dueAt }
    },

    async head(receiver, subject) {
      return heads.get(JSON.stringify([receiver, subject]))
    },

    async purge(now, limit) {
      let left = limit
      const expire = <K, V>(map: Map<K, V>, isOver: (value: V) => boolean) => {
        for (const [key, value] of map) if (left > 0 && isOver(value) && map.delete(key)) left--
      }
      expire(seen, ({ expiresAt }) => expiresAt <= now)
      expire(nonces, ({ expiresAt }) => expiresAt <= now)
      expire(events, ({ state, purgeAt }) => state === 'done' && purgeAt <= now)
      return limit - left
    },

    async stats() {
      const all = [...events.values()]
      const count = (state: EventRecord['state']) => all.filter((event) => event.state === state).length
      return {
        ...{ waiting: count('waiting'), running: count('running'), done: count('done'), dead: count('dead') },
        quarantined: quarantine.size,
        oldestUnhandledAt: all.find(({ state }) => state === 'waiting' || state === 'running')?.receivedAt,
      }
    },

    async events(query) {
      const { state } = query
      const matching = [...events.values()].filter((event) => state === undefined || event.state === state)
      return page(matching, query).map(({ unsigned, purgeAt, ...record }) => structuredClone(record))
    },

    async quarantined(query) {
      return page([...quarantine.values()], query).map(({ digest, ...record }) => structuredClone(record))
    },

    async retry(seqs, now) {
      const dead = [...new Set(seqs)]
        .flatMap((seq) => events.get(seq) ?? [])
        .filter((e) => e.state === 'dead')
      for (const event of dead) {
        Object.assign(event, { state: 'waiting', dueAt: now, attempts: 0, crashes: 0 })
      }
      return dead.length
    },

    async discard({ events: dead = [], quarantined = [] }) {
      const deleted = [
        ...dead.filter((seq) => events.get(seq)?.state === 'dead' && events.delete(seq)),
        ...quarantined.filter((seq) => quarantine.delete(seq)),
      ]
      return deleted.length
    },

    async close() {
      held.clear()
    },
  }
}

function page<T extends { seq: number; receiver: string }>(rows: T[], query: PageQuery): T[] {
  const { receiver, after = 0, limit = 100 } = query
  return rows
    .filter((row) => row.seq > after && (receiver === undefined || row.receiver === receiver))
    .slice(0, limit)
}
