import type { MemoryRows, StoredEvent } from './memory-rows.ts'
import type { EraseRequest, Guarded, HashKind, PlainHash, StoredDelivery } from './port.ts'

/** Hex digits of hashes that were made without a key. */
const PLAIN_LENGTHS: Readonly<Record<HashKind, number>> = { key: 32, nonce: 32, head: 64 }

/** Sealing and erasing of the engine in memory. @param checkWritable throws when nothing may be written */
export function memoryGuard(rows: MemoryRows, checkWritable: () => void): Guarded {
  const { seen, nonces, heads, events, quarantine, unverified } = rows

  function deliveries(): (Omit<StoredDelivery, 'events'> & { events: StoredEvent[] })[] {
    return [...Map.groupBy(events.values(), ({ delivery }) => delivery)].flatMap(([delivery, own]) =>
      own[0] === undefined ? [] : [{ ...delivery, context: own[0].context, events: own }],
    )
  }

  function plainOf(kind: HashKind): PlainHash[] {
    if (kind === 'key') return [...seen].map(([hash, { digest }]) => ({ hash, digest }))
    if (kind === 'head') return [...heads.keys()].map((hash) => ({ hash }))
    return [...nonces].map(([hash, { usedBy }]) =>
      usedBy === undefined ? { hash } : { hash, digest: usedBy },
    )
  }

  function erase({ subjects, receiver, waiting: alsoWaiting = false }: EraseRequest) {
    const own = [...events.values()].filter(
      (event) =>
        event.subject &&
        subjects.includes(event.subject) &&
        (receiver === undefined || event.receiver === receiver),
    )
    const gone = own.filter(
      ({ state }) => state === 'done' || state === 'dead' || (alsoWaiting && state === 'waiting'),
    )
    for (const { seq } of gone) events.delete(seq)
    const emptied = new Set(gone.map(({ delivery }) => delivery).filter(({ body }) => body.length > 0))
    for (const delivery of emptied) Object.assign(delivery, { body: new Uint8Array(), headers: {} })
    const left = new Set([...events.values()].map(({ delivery }) => delivery))
    const count = (state: StoredEvent['state']) =>
      own.filter((event) => event.state === state && events.has(event.seq)).length
    return {
      events: gone.length,
      bodies: [...emptied].filter((delivery) => left.has(delivery)).length,
      waiting: count('waiting'),
      running: count('running'),
      receivers: [...new Set(own.map(({ receiver }) => receiver))],
    }
  }

  return {
    async seal() {
      return rows.seal
    },

    async setSeal(before, seal) {
      checkWritable()
      if (rows.seal === before) rows.seal = seal
      return rows.seal
    },

    async deliveries({ after, limit, unlooked = false, event }) {
      const chosen = deliveries()
        .filter(
          ({ seq, events }) => seq > after && (!unlooked || events.some((own) => own.subject === undefined)),
        )
        .filter(({ events }) => event === undefined || events.some(({ seq }) => seq === event))
        .sort((a, b) => a.seq - b.seq)
      return chosen.slice(0, limit).map(({ seq, body, headers, context, events: own }) =>
        structuredClone({
          ...{ seq, body, headers, context },
          events: own.map(({ seq, receiver, json, subject }) => ({ seq, receiver, json, subject })),
        }),
      )
    },

    async rewrite(changed) {
      checkWritable()
      const own = structuredClone(changed)
      for (const { body, headers, context, events: facts } of own.deliveries ?? []) {
        for (const { seq, json, subject } of facts) {
          const event = events.get(seq)
          if (event === undefined) continue
          Object.assign(event, { json, subject, context })
          if (event.delivery.body.length > 0) Object.assign(event.delivery, { body, headers })
        }
      }
      for (const { seq, body, headers, context, digest } of own.quarantined ?? []) {
        const row = quarantine.get(seq)
        if (row === undefined) continue
        const { receiver } = row
        const isTaken = [...quarantine.values()].some(
          (each) => each.receiver === receiver && each.digest === digest,
        )
        Object.assign(row, { headers, context, body: row.body.length > 0 ? body : row.body })
        if (!isTaken) row.digest = digest
      }
      for (const { seq, ...changed } of own.unverified ?? []) {
        const row = unverified.get(seq)
        if (row === undefined) continue
        for (const [other, { receiver, digest }] of unverified) {
          if (other !== seq && receiver === row.receiver && digest === changed.digest)
            unverified.delete(other)
        }
        Object.assign(row, changed)
      }
    },

    async plainHashes(kind, after, limit) {
      return plainOf(kind)
        .filter(({ hash }) => hash.length === PLAIN_LENGTHS[kind] && hash > after)
        .sort((a, b) => (a.hash < b.hash ? -1 : 1))
        .slice(0, limit)
    },

    async rehash(kind, hashes) {
      checkWritable()
      for (const { from, to, digest } of hashes) {
        const used = nonces.get(from)
        const known = seen.get(from)
        const time = heads.get(from)
        if (kind === 'key' && known) {
          seen.set(to, seen.get(to) ?? { ...known, digest: digest ?? known.digest })
          seen.delete(from)
        }
        if (kind === 'nonce' && used) {
          nonces.set(to, nonces.get(to) ?? { ...used, usedBy: digest })
          nonces.delete(from)
        }
        if (kind === 'head' && time !== undefined) {
          heads.set(to, Math.max(time, heads.get(to) ?? time))
          heads.delete(from)
        }
      }
    },

    async erase(request) {
      checkWritable()
      const { heads: keys = [], quarantined = [] } = structuredClone(request)
      return {
        ...erase(request),
        heads: keys.filter((key) => heads.delete(key)).length,
        quarantined: quarantined.filter((seq) => quarantine.delete(seq)).length,
      }
    },

    async overwrite() {
      return true
    },
  }
}
