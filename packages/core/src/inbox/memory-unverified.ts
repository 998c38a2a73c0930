import type { MemoryRows } from './memory-rows.ts'
import type { UnverifiedRows } from './port.ts'

/** What the engine in memory keeps of what is unverified. @param checkWritable throws when nothing may be written */
export function memoryUnverified(rows: MemoryRows, checkWritable: () => void): UnverifiedRows {
  const { unverified } = rows
  const of = (receiver: string) => [...unverified.values()].filter((row) => row.receiver === receiver)

  return {
    async keepUnverified(receiver, deliveries, { max, maxBytes }) {
      checkWritable()
      const known = new Set(of(receiver).map(({ digest }) => digest))
      for (const delivery of structuredClone(deliveries)) {
        if (known.has(delivery.digest)) continue
        known.add(delivery.digest)
        const seq = ++rows.lastUnverified
        // A copy: a view would keep all of the buffer that the body lies in.
        unverified.set(seq, { seq, receiver, ...delivery, body: new Uint8Array(delivery.body) })
      }
      let [number, bytes] = [0, 0]
      for (const { seq, body, headers } of of(receiver).reverse()) {
        number += 1
        bytes += body.byteLength + JSON.stringify(headers).length
        if (number > max || bytes > maxBytes) unverified.delete(seq)
      }
    },

    async unverified({ receiver, after = 0, limit = 100 }) {
      return [...unverified.values()]
        .filter((row) => row.seq > after && (receiver === undefined || row.receiver === receiver))
        .slice(0, limit)
        .map(({ expiresAt: _, ...row }) => structuredClone(row))
    },
  }
}
