import { randomUUID } from 'node:crypto'
import { KycWebhookError } from '../errors.ts'
import { movedRows, putRows } from './memory-move.ts'
import type { MemoryRows } from './memory-rows.ts'
import type { Departure, Movable, Move, MoveCounts } from './port.ts'

/** Moves of the engine in memory: what has left, what is arriving, and who may still write. */
export class MemoryMover implements Movable {
  readonly #rows: MemoryRows
  readonly #isInUse: () => boolean
  #origin: string | undefined
  #departure: Departure | undefined
  #isLeaving = false
  #arrival: (Omit<Move, 'seal' | 'lastSeq' | 'rows'> & { isOpen: boolean }) | undefined

  constructor(rows: MemoryRows, isInUse: () => boolean) {
    this.#rows = rows
    this.#isInUse = isInUse
  }

  /** Throws when the store was handed over, or took over and is closed still. */
  checkOpen(): void {
    if (this.#departure) throw new KycWebhookError('inbox-moved', `to ${this.#departure.to}`)
    if (this.#arrival?.isOpen === false) {
      throw new KycWebhookError('inbox-moving', `from ${this.#arrival.from}; move it again`)
    }
  }

  /** The same for who writes, who must wait also while it is being handed over. */
  checkWritable(): void {
    this.checkOpen()
    if (this.#isLeaving) throw new KycWebhookError('inbox-unavailable', 'it is being moved')
  }

  async handOver(to: string, take: (move: Move) => Promise<void>): Promise<Departure> {
    if (this.#departure) return this.#departure
    this.checkWritable()
    if (this.#isInUse()) throw new KycWebhookError('inbox-in-use', 'its events are run: stop that first')
    this.#origin ??= randomUUID()
    const departure = { id: randomUUID(), to }
    this.#isLeaving = true
    try {
      await take({ id: departure.id, origin: this.#origin, from: 'memory', ...movedRows(this.#rows) })
      this.#departure = departure
      return departure
    } finally {
      this.#isLeaving = false
    }
  }

  async takeOver({ rows, lastSeq, seal, ...move }: Move): Promise<void> {
    this.#checkVacant(move.origin)
    const arrived = []
    for await (const some of rows) arrived.push(structuredClone(some))
    // Somebody may have recorded meanwhile.
    this.#checkVacant(move.origin)
    putRows(this.#rows, arrived, { seal, lastSeq })
    this.#arrival = { ...move, isOpen: false }
  }

  async moveIn({ id, to }: Departure): Promise<MoveCounts> {
    if (this.#arrival?.id !== id) throw new KycWebhookError('inbox-moved', `to ${to}, not to memory`)
    this.#arrival.isOpen = true
    return this.#arrival.counts
  }

  #checkVacant(origin: string): void {
    if (this.#arrival?.isOpen === false && this.#arrival.origin === origin) return
    this.checkWritable()
    const { seen, nonces, events, quarantine, heads } = this.#rows
    if ([seen, nonces, events, quarantine, heads].every(({ size }) => size === 0)) return
    throw new KycWebhookError('inbox-not-empty', 'memory; choose a new one')
  }
}
