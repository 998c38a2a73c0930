import { createInbox } from '../../src/inbox/create-inbox.ts'
import type { Inbox, Work, Worker } from '../../src/inbox/inbox.ts'
import { memoryEngine } from '../../src/inbox/memory-engine.ts'
import type { Claim } from '../../src/inbox/port.ts'
import { silentLogger } from '../../src/logger.ts'
import {
  type Around,
  type Call,
  engineWith,
  hang,
  nameOf,
  receiptOf,
  settlementsOf,
  sleep,
  type WatchedEngine,
} from './support.ts'

export interface Process {
  inbox: Inbox
  worker: Worker
  engine: WatchedEngine
  /** As by `kill -9`: nothing of it reaches the store any more, and the right to run events is free. */
  kill: () => void
  /** As by SIGTERM. */
  end: (graceMs: number) => Promise<void>
}

/**
 * A store that outlives the processes on it, providers that deliver until they are told that it is safe, and an account of
 * what was promised and what was done.
 */
export class Scenario {
  /** Names of the deliveries that were answered 200. */
  readonly acked: Set<string> = new Set()
  /** How often the handler of an event was started. */
  readonly starts: Map<string, number> = new Map()
  /** For each subject the times that were written under `latest`, in order. */
  readonly written: Map<string, number[]> = new Map()
  /** What must never happen and did. */
  readonly broken: string[] = []
  readonly #store = memoryEngine()
  readonly #settled = new Set<string>()
  #current: Process | undefined

  begin(around: Around, work: Partial<Work> = {}): Process {
    let isDead = false
    const engine = engineWith((call, carryOut) => {
      const alive = (does: () => Promise<unknown>) => (isDead ? hang() : does())
      return alive(() => around(call, () => alive(() => this.#watched(call, carryOut))))
    }, this.#store)
    const inbox = createInbox(engine)
    const worker = inbox.work({
      ...{ receiver: 'press', concurrency: 3, timeoutMs: 5_000, keepHandledMs: 86_400_000 },
      retry: { attempts: 100, firstDelayMs: 200, factor: 1.5, maxDelayMs: 2_000, crashes: 100 },
      ...{ now: Date.now, random: () => 0, logger: silentLogger },
      run: async () => {},
      ...work,
    })
    const kill = () => {
      isDead = true
      void this.#store.release('press')
      // A dead process asks nothing any more; left alone, all the dead of a test would go on polling.
      void worker.stop(0)
    }
    const end = async (graceMs: number) => {
      await worker.stop(graceMs)
      // A close that fails is not repeated: the process ends anyway.
      await inbox.close().catch(() => {})
    }
    this.#current = { inbox, worker, engine, kill, end }
    return this.#current
  }

  /** Delivers, as a provider does, until the reply is a 200. */
  async deliver(name: string, waitMs: () => number = () => 700): Promise<void> {
    while (!this.acked.has(name)) {
      const reply = this.#current?.inbox.record(receiptOf(name)).then(
        () => this.acked.add(name),
        () => {},
      )
      await Promise.race([reply, sleep(400)])
      if (!this.acked.has(name)) await sleep(waitMs())
    }
  }

  /** To be called when a handler starts. */
  start(claim: Claim): void {
    const name = nameOf(claim)
    this.starts.set(name, this.startsOf(name) + 1)
    if (this.#settled.has(name)) this.broken.push(`${name} was handled although that was settled`)
  }

  startsOf(name: string): number {
    return this.starts.get(name) ?? 0
  }

  /** To be called by what `latest` runs. */
  write(subject: string, time: number): void {
    this.written.set(subject, [...(this.written.get(subject) ?? []), time])
  }

  /** Remembers what is settled as soon as the store knows, whether or not the caller learns of it. */
  async #watched(call: Call, carryOut: () => Promise<unknown>): Promise<unknown> {
    const result = await carryOut()
    if (call.method === 'commit' && settlementsOf(call).length > 0) {
      for (const { json } of await this.#store.events({ state: 'done' }))
        this.#settled.add(JSON.parse(json).name)
    }
    return result
  }

  /** Everything that is wrong when all is quiet again. `mostStarts`: how often the event may have been handled. */
  async verdict(mostStarts: (name: string) => number): Promise<string[]> {
    const events = await this.#store.events({ limit: 10_000 })
    const names = events.map(({ json }) => JSON.parse(json).name as string)
    const found = [...this.broken]
    for (const name of this.acked) {
      if (this.startsOf(name) === 0) found.push(`${name} was answered 200 and never handled`)
    }
    for (const [name, count] of this.starts) {
      if (count > mostStarts(name)) found.push(`${name} was handled ${count} times`)
    }
    for (const { json, state } of events) if (state !== 'done') found.push(`${json} is ${state}`)
    if (new Set(names).size < names.length) found.push('a delivery was recorded twice')
    for (const times of this.written.values()) {
      if (times.at(-1) !== Math.max(...times)) found.push(`written in the end: not the latest of ${times}`)
    }
    return found
  }
}
