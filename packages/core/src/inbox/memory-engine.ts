import { KycWebhookError, type RefusalCode } from '../errors.ts'
import { memoryGuard } from './memory-guard.ts'
import { memoryLooks } from './memory-looks.ts'
import { MemoryMover } from './memory-mover.ts'
import { asNow, decideOutcome, quarantineReason, unexpired } from './memory-outcome.ts'
import type { MemoryRows, StoredEvent } from './memory-rows.ts'
import { memoryUnverified } from './memory-unverified.ts'
import type { InboxEngine, Outcome, Receipt, Settlement } from './port.ts'

/** Keeps everything in memory, for tests: an event that was answered 200 is gone when the process ends. */
export function memoryEngine(): InboxEngine {
  const rows: MemoryRows = {
    ...{ seen: new Map(), nonces: new Map(), events: new Map(), quarantine: new Map(), heads: new Map() },
    unverified: new Map(),
    ...{ seal: undefined, lastSeq: 0, lastDelivery: 0, lastUnverified: 0 },
  }
  const { seen, nonces, events, quarantine, heads, unverified } = rows
  const held = new Set<string>()
  const mover = new MemoryMover(rows, () => held.size > 0)

  function receive(receipt: Receipt): Outcome {
    const { key, nonce, redriven, receivedAt: now, former } = receipt
    if (redriven !== undefined && !quarantine.has(redriven)) return 'duplicate'
    const outcome = decideOutcome(
      receipt,
      unexpired(seen, key, now) ?? asNow(receipt, unexpired(seen, former?.key, now)),
      unexpired(nonces, nonce?.key, now) ?? asNow(receipt, unexpired(nonces, former?.nonce, now)),
    )
    if (outcome === 'recorded') {
      if (key !== undefined) seen.set(key, { digest: receipt.digest, expiresAt: receipt.keyExpiresAt })
      if (nonce) nonces.set(nonce.key, { usedBy: key, expiresAt: nonce.expiresAt })
      // A copy: a view would keep all of the buffer that the body lies in.
      const delivery = {
        seq: ++rows.lastDelivery,
        body: new Uint8Array(receipt.body),
        headers: receipt.headers,
      }
      for (const event of receipt.events) addEvent(receipt, event, delivery)
    }
    const reason = quarantineReason(outcome, receipt)
    if (reason) keepInQuarantine(receipt, reason)
    else if (redriven !== undefined) quarantine.delete(redriven)
    return outcome
  }

  function addEvent(
    { receiver, receivedAt, context }: Receipt,
    { type, json, unsigned, subject = '' }: Receipt['events'][number],
    delivery: StoredEvent['delivery'],
  ): void {
    const seq = ++rows.lastSeq
    const fresh = { state: 'waiting', attempts: 0, crashes: 0, dueAt: receivedAt, error: undefined } as const
    events.set(seq, {
      ...{ seq, receiver, type, json, unsigned, subject, receivedAt, context, delivery },
      ...fresh,
      purgeAt: undefined,
    })
  }

  function keepInQuarantine(receipt: Receipt, reason: RefusalCode): void {
    const { receiver, digest, receivedAt, body, headers, context, redriven = 0 } = receipt
    const again = quarantine.get(redriven)
    const row =
      again ?? [...quarantine.values()].find((row) => row.receiver === receiver && row.digest === digest)
    if (!row) {
      const seq = ++rows.lastSeq
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
    event.purgeAt = purgeAt
    if (!head) return
    heads.set(head.key, Math.max(head.time, heads.get(head.key) ?? head.time))
  }

  const waiting = (receiver: string) =>
    [...events.values()]
      .filter((event) => event.receiver === receiver && event.state === 'waiting')
      .sort((a, b) => a.dueAt - b.dueAt || a.seq - b.seq)

  return {
    name: 'memory',
    durable: false,
    async open() {
      mover.checkOpen()
    },

    async commit(receipts, settlements) {
      mover.checkWritable()
      // Own copies first: after that nothing can fail, so all of it happens or none.
      const own = structuredClone({ receipts, settlements })
      for (const settlement of own.settlements) settle(settlement)
      return own.receipts.map(receive)
    },

    async acquire(receiver, now) {
      mover.checkWritable()
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

    async head(keys) {
      const times = keys.flatMap((key) => heads.get(key) ?? [])
      return times.length === 0 ? undefined : Math.max(...times)
    },

    async purge(now, limit) {
      mover.checkWritable()
      let left = limit
      const expire = <K, V>(map: Map<K, V>, isOver: (value: V) => boolean) => {
        for (const [key, value] of map) if (left > 0 && isOver(value) && map.delete(key)) left--
      }
      expire(seen, ({ expiresAt }) => expiresAt <= now)
      expire(nonces, ({ expiresAt }) => expiresAt <= now)
      expire(unverified, ({ expiresAt }) => expiresAt <= now)
      expire(events, ({ state, purgeAt }) => state === 'done' && purgeAt !== undefined && purgeAt <= now)
      return limit - left
    },

    ...memoryLooks(rows),
    ...memoryGuard(rows, () => mover.checkWritable()),
    ...memoryUnverified(rows, () => mover.checkWritable()),

    async retry(seqs, now) {
      mover.checkWritable()
      const dead = [...new Set(seqs)]
        .flatMap((seq) => events.get(seq) ?? [])
        .filter((e) => e.state === 'dead')
      for (const event of dead) {
        Object.assign(event, { state: 'waiting', dueAt: now, attempts: 0, crashes: 0 })
      }
      return dead.length
    },

    handOver: (to, take) => mover.handOver(to, take),
    takeOver: (move) => mover.takeOver(move),
    moveIn: (departure) => mover.moveIn(departure),

    async discard({ events: dead = [], quarantined = [], unverified: doubted = [] }) {
      mover.checkWritable()
      const deleted = [
        ...dead.filter((seq) => events.get(seq)?.state === 'dead' && events.delete(seq)),
        ...quarantined.filter((seq) => quarantine.delete(seq)),
        ...doubted.filter((seq) => unverified.delete(seq)),
      ]
      return deleted.length
    },

    async close() {
      held.clear()
    },
  }
}
