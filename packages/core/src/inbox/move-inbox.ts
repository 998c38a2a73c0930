import { KycWebhookError } from '../errors.ts'
import type { Inbox } from './inbox.ts'
import type { Move, MoveCounts, MovedRows } from './port.ts'

export interface MoveInboxOptions {
  /** Told after each step how much has moved, of how much. */
  onProgress?: (moved: MoveCounts, all: MoveCounts) => void
}

/**
 * Moves everything from one inbox to another, of whatever engine: keys, nonces, heads, deliveries with their events, and
 * quarantine. Numbers and times stay; an event whose attempt never finished waits again, with a crash more. Then the first
 * is closed for good and the second is open, never both: when it breaks off, calling it again does what is left to do, or all
 * of it anew. Neither is closed by it in this process.
 *
 * Rejects with `inbox-in-use` when the events of the first are being run, and with `inbox-not-empty` when the second has
 * anything in it.
 */
export async function moveInbox(
  from: Inbox,
  to: Inbox,
  { onProgress = () => {} }: MoveInboxOptions = {},
): Promise<MoveCounts> {
  if (from.durable && !to.durable) {
    throw new KycWebhookError(
      'option-invalid',
      `to (wanted: an inbox that outlives its process, not ${to.name})`,
    )
  }
  const [source, target] = [from.movable(), to.movable()]
  const departure = await source.handOver(to.name, async (move) => {
    const watched = new WatchedRows(move, onProgress)
    await target.takeOver({ ...move, rows: watched })
    watched.checkComplete()
  })
  return target.moveIn(departure)
}

/** The rows of a move, counted as they go by: the source closes only when all have arrived. */
class WatchedRows implements AsyncIterable<MovedRows> {
  readonly #move: Move
  readonly #onProgress: NonNullable<MoveInboxOptions['onProgress']>
  #moved: MoveCounts = { keys: 0, nonces: 0, heads: 0, deliveries: 0, events: 0, quarantined: 0 }

  constructor(move: Move, onProgress: NonNullable<MoveInboxOptions['onProgress']>) {
    this.#move = move
    this.#onProgress = onProgress
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<MovedRows> {
    const { rows, counts } = this.#move
    for await (const some of rows) {
      yield some
      this.#moved = sum(this.#moved, countsOf(some))
      this.#onProgress(this.#moved, counts)
    }
    // Before the target commits what it has.
    this.checkComplete()
  }

  checkComplete(): void {
    const { counts } = this.#move
    const missing = KINDS.filter((kind) => this.#moved[kind] !== counts[kind])
    if (missing.length === 0) return
    throw new KycWebhookError('inbox-unavailable', `not all have moved: ${missing.join(', ')}`)
  }
}

const KINDS = ['keys', 'nonces', 'heads', 'deliveries', 'events', 'quarantined'] as const

function countsOf({
  keys = [],
  nonces = [],
  heads = [],
  deliveries = [],
  quarantined = [],
}: MovedRows): MoveCounts {
  return {
    ...{ keys: keys.length, nonces: nonces.length, heads: heads.length, quarantined: quarantined.length },
    deliveries: deliveries.length,
    events: deliveries.reduce((count, { events }) => count + events.length, 0),
  }
}

function sum(a: MoveCounts, b: MoveCounts): MoveCounts {
  return {
    ...{ keys: a.keys + b.keys, nonces: a.nonces + b.nonces, heads: a.heads + b.heads },
    ...{ deliveries: a.deliveries + b.deliveries, events: a.events + b.events },
    quarantined: a.quarantined + b.quarantined,
  }
}
