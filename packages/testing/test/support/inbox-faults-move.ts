import type { Move, MovedEvent, MovedRows } from '@kyc-webhooks/core'
import type { BrokenEngine, Fault } from './inbox-broken-engine.ts'

/** Engines that lose or change something on the move. */
export const moveFaults: Readonly<Record<string, BrokenEngine>> = {
  'moves the first step alone': {
    noticedBy: 'hands over all that it took over, to the byte and the millisecond',
    fault: takingOver((move) => ({ ...move, rows: firstOf(move.rows) })),
  },
  'moves whole seconds': {
    noticedBy: 'hands over all that it took over, to the byte and the millisecond',
    fault: arriving(({ keys = [], ...rows }) => ({
      ...rows,
      keys: keys.map((row) => ({ ...row, expiresAt: Math.floor(row.expiresAt / 1_000) * 1_000 })),
    })),
  },
  'moves quarantine without its headers': {
    noticedBy: 'shows what it took over',
    fault: arriving(({ quarantined = [], ...rows }) => ({
      ...rows,
      quarantined: quarantined.map((row) => ({ ...row, headers: {} })),
    })),
  },
  'moves bodies as text': {
    noticedBy: 'hands over what it recorded',
    fault: leaving(({ deliveries = [], ...rows }) => ({
      ...rows,
      deliveries: deliveries.map((row) => ({ ...row, body: Buffer.from(Buffer.from(row.body).toString()) })),
    })),
  },
  'moves running events without a crash': {
    noticedBy: 'hands over events as they stand, running ones with a crash',
    fault: leaving(events((event) => ({ ...event, crashes: 0 }))),
  },
  'moves no keys': {
    noticedBy: 'knows the deliveries and nonces that it took over until they expire',
    fault: arriving(({ keys: _, ...rows }) => rows),
  },
  'makes what it took over due at once': {
    noticedBy: 'starts the events that it took over when they are due, each once',
    fault: arriving(events((event) => ({ ...event, dueAt: 0 }))),
  },
  'tries dead letters again that it took over': {
    noticedBy: 'lets dead letters, handled events and quarantine that it took over be acted on',
    fault: arriving(events((event) => (event.state === 'dead' ? { ...event, state: 'waiting' } : event))),
  },
  'moves quarantine under other digests': {
    noticedBy: 'counts a delivery that comes again on top of what it took over in quarantine',
    fault: arriving(({ quarantined = [], ...rows }) => ({
      ...rows,
      quarantined: quarantined.map((row) => ({ ...row, digest: row.digest.toUpperCase() })),
    })),
  },
  'counts on from the rows that it took over': {
    noticedBy: 'gives numbers above all that the source gave, also to rows that are gone',
    fault: takingOver((move) => ({ ...move, lastSeq: { event: 0, quarantine: 0 } })),
  },
  'leaves heads behind': {
    noticedBy: 'holds the heads of subjects across a move',
    fault: leaving(({ heads: _, ...rows }) => rows),
  },
  'has keys of its own for heads': {
    noticedBy: 'knows the heads that it took over',
    fault: (good) => ({ head: (keys) => good.head(keys.map((key) => key.toUpperCase())) }),
  },
}

function takingOver(change: (move: Move) => Move): Fault {
  return (good) => ({ takeOver: (move) => good.takeOver(change(move)) })
}

/** A fault in rows that come. */
function arriving(change: (rows: MovedRows) => MovedRows): Fault {
  return takingOver((move) => ({ ...move, rows: mapped(move.rows, change) }))
}

/** A fault in rows that go. */
function leaving(change: (rows: MovedRows) => MovedRows): Fault {
  return (good) => ({
    handOver: (to, take) => good.handOver(to, (move) => take({ ...move, rows: mapped(move.rows, change) })),
  })
}

function events(change: (event: MovedEvent) => MovedEvent): (rows: MovedRows) => MovedRows {
  return ({ deliveries = [], ...rows }) => ({
    ...rows,
    deliveries: deliveries.map((row) => ({ ...row, events: row.events.map(change) })),
  })
}

async function* mapped(
  rows: AsyncIterable<MovedRows>,
  change: (rows: MovedRows) => MovedRows,
): AsyncGenerator<MovedRows> {
  for await (const some of rows) yield change(some)
}

async function* firstOf(rows: AsyncIterable<MovedRows>): AsyncGenerator<MovedRows> {
  for await (const some of rows) {
    yield some
    return
  }
}
