import { closedLoop } from './closed-loop.ts'
import { openLoop } from './open-loop.ts'
import type { LoadOrder } from './order.ts'
import { type Request, requests } from './requests.ts'
import { Tally } from './tally.ts'

// The sender, a process of its own. Says `ready` when all is signed, waits for `go`, says `measuring` and `measured` where
// the seconds that count begin and end, and then `report`.

/** Deliveries a second that no receiver here exceeds, for small bodies; and bytes a second, for large ones. */
const MOST_PER_SECOND = 40_000
const MOST_BYTES_PER_SECOND = 1e9
const GRACE_MS = 2_000

const order = JSON.parse(String(process.argv[2])) as LoadOrder
const { port, loop, warmup, seconds, bodyBytes } = order
const tally = new Tally()
const make = requests(order)
const next = signedBeforehand()
process.once('message', () => void run())
say({ type: 'ready' })

async function run(): Promise<void> {
  const stop =
    loop.kind === 'closed'
      ? closedLoop(port, loop.connections, next, tally)
      : openLoop(port, loop, next, tally)
  await wait(warmup)
  tally.open()
  say({ type: 'measuring' })
  await wait(seconds)
  tally.close()
  say({ type: 'measured' })
  await stop(GRACE_MS)
  say({ type: 'report', report: tally.report() })
  process.disconnect()
}

/** All that may be needed is signed before the first is sent. */
function signedBeforehand(): () => Request | undefined {
  const most =
    loop.kind === 'open' ? loop.perSecond : Math.min(MOST_PER_SECOND, MOST_BYTES_PER_SECOND / bodyBytes)
  const signed = Array.from({ length: Math.ceil(most * (warmup + seconds + 0.5)) }, make)
  let sent = 0
  return () => {
    const request = signed[sent++]
    // A receiver so fast would be measured too slow: that must not pass unnoticed.
    if (request === undefined && tally.isOpen) throw new Error('signed too few deliveries')
    return request
  }
}

function wait(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1_000))
}

function say(message: { type: string; [field: string]: unknown }): void {
  process.send?.(message)
}
