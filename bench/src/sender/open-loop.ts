import { Connection } from './connection.ts'
import type { Loop } from './order.ts'
import type { Request } from './requests.ts'
import type { Tally } from './tally.ts'

/** Timers keep to a millisecond: what is sent by this much late was to be sent then. What is later, was late. */
const PUNCTUAL_MS = 2.5

interface Due {
  request: Request
  /** When it was to be sent. */
  at: number
  /** Whether that is within the seconds that count. */
  counts: boolean
}

/**
 * Sends at fixed times, on an idle connection or on one more. They are opened beforehand, as those of a proxy are: Node accepts one
 * in each round of its event loop, so that new ones wait in the kernel while many that are there have something to say. When all connections are taken the request waits, and that
 * time counts: nothing that the receiver holds up is left out. Returns what stops it: no more is sent, and what is on its
 * way has a last moment to be answered.
 */
export function openLoop(
  port: number,
  { perSecond, warmupPerSecond = perSecond, maxConnections }: Extract<Loop, { kind: 'open' }>,
  next: () => Request | undefined,
  tally: Tally,
): (graceMs: number) => Promise<void> {
  const idle: Line[] = []
  const all: Line[] = []
  const queue: Due[] = []
  let pace = { since: performance.now(), perSecond: warmupPerSecond, sent: 0 }
  let pending = 0
  let stopped = false
  let lastTickAt = pace.since
  let isWarmUp = true

  class Line {
    #due: Due | undefined
    readonly connection = new Connection(
      port,
      (status) => {
        if (this.#due?.counts) tally.reply(status, performance.now() - this.#due.at)
        this.#free()
      },
      () => {
        if (this.#due?.counts) tally.unanswered()
        this.#free()
      },
    )

    take(due: Due): void {
      this.#due = due
      this.connection.send(due.request)
    }

    #free(): void {
      if (this.#due?.counts) pending--
      this.#due = undefined
      const due = queue.shift()
      if (due === undefined) idle.push(this)
      else this.take(due)
    }
  }

  function dispatch(due: Due): void {
    if (due.counts) pending++
    const line = idle.pop() ?? another()
    if (line === undefined) queue.push(due)
    else line.take(due)
  }

  function another(): Line | undefined {
    if (all.length >= maxConnections) return undefined
    const line = new Line()
    all.push(line)
    return line
  }

  function tick(): void {
    if (stopped) return
    const now = performance.now()
    const isPunctual = now - lastTickAt < PUNCTUAL_MS
    lastTickAt = now
    if (isWarmUp && tally.isOpen) {
      isWarmUp = false
      pace = { since: now, perSecond, sent: 0 }
    }
    const due = Math.floor(((now - pace.since) / 1_000) * pace.perSecond)
    while (pace.sent < due) {
      const request = next()
      if (request === undefined) break
      const at = isPunctual ? now : pace.since + (pace.sent / pace.perSecond) * 1_000
      pace.sent++
      dispatch({ request, at, counts: tally.isOpen })
    }
    setTimeout(tick, 1)
  }
  for (let n = 0; n < maxConnections; n++) {
    const line = another()
    line?.connection.open()
    if (line) idle.push(line)
  }
  tick()

  return async (graceMs) => {
    stopped = true
    const until = performance.now() + graceMs
    while (pending > 0 && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, 10))
    tally.unanswered(pending)
    for (const { connection } of all) connection.close()
  }
}
