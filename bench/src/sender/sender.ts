import { closedLoop } from './closed-loop.ts'
import { openLoop } from './open-loop.ts'
import type { LoadOrder } from './order.ts'
import { type Request, requests } from './requests.ts'
import { Tally } from './tally.ts'

// The sender, a process of its own. Says `ready` when all is signed, waits for `go` and a port, says `measuring` and `measured` where
// the seconds that count begin and end, and then `report`. Asked for the `count`, it says how many were accepted so far.

/** Bytes a second that no receiver exceeds. */
const MOST_BYTES_PER_SECOND = 1e9
/** A closed loop goes on until so many replies came, or for so long. */
const LEAST_REPLIES = 20
const LONGEST_S = 60
const TURN_S = 0.05
const GRACE_MS = 2_000

const order = JSON.parse(String(process.argv[2])) as LoadOrder
const { loop, warmup, seconds, bodyBytes } = order
const enough = Promise.withResolvers<void>()
const tally = new Tally()
const make = requests(order)
const next = order.signLate ? make : signedBeforehand()
process.on('message', ({ type, port }: { type: string; port?: number }) => {
  if (type === 'go') void run(Number(port))
  if (type === 'enough') enough.resolve()
  if (type === 'count') say({ type: 'count', accepted: tally.accepted })
})
// Whoever started it is gone, or has its report.
process.on('disconnect', () => process.exit())
say({ type: 'ready' })

async function run(port: number): Promise<void> {
  const stop =
    loop.kind === 'closed'
      ? closedLoop(port, loop.connections, next, tally)
      : openLoop(port, loop, next, tally)
  await wait(warmup)
  tally.open()
  say({ type: 'measuring' })
  await Promise.race([wait(seconds), enough.promise])
  for (let longer = 0; isTooFew() && longer < LONGEST_S; longer += TURN_S) await wait(TURN_S)
  tally.close()
  say({ type: 'measured' })
  await stop(GRACE_MS)
  say({ type: 'report', report: tally.report() })
  process.disconnect()
}

/** A rival may be slow, and a machine busy. */
function isTooFew(): boolean {
  return loop.kind === 'closed' && tally.replies < LEAST_REPLIES
}

/** All that may be needed is signed before the first is sent. */
function signedBeforehand(): () => Request | undefined {
  const most =
    loop.kind === 'open' ? loop.perSecond : Math.min(order.mostPerSecond, MOST_BYTES_PER_SECOND / bodyBytes)
  const signed = Array.from({ length: Math.ceil(most * (warmup + seconds + 0.5)) }, make)
  let sent = 0
  return () => {
    const request = signed[sent++]
    if (request === undefined) enough.resolve()
    return request
  }
}

/** `Infinity` did not survive JSON: without a number, until it is told that it is `enough`. */
function wait(seconds: number | null): Promise<void> {
  if (seconds === null) return enough.promise
  return new Promise((resolve) => setTimeout(resolve, seconds * 1_000))
}

function say(message: { type: string; [field: string]: unknown }): void {
  process.send?.(message)
}
