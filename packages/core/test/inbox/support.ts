import { onTestFinished } from 'vitest'
import { KycWebhookError } from '../../src/errors.ts'
import { createInbox } from '../../src/inbox/create-inbox.ts'
import type { DeadLetter, Inbox, Work, Worker } from '../../src/inbox/inbox.ts'
import type { InboxOptions } from '../../src/inbox/inbox-options.ts'
import { memoryEngine } from '../../src/inbox/memory-engine.ts'
import type { InboxEngine, Settlement } from '../../src/inbox/port.ts'
import { type CapturedLog, capturedLog } from '../support/captured-log.ts'
import { nameOf, retry } from './samples.ts'
import { pass, virtualTime } from './virtual-time.ts'

export * from './samples.ts'
export * from './virtual-time.ts'

export type Method = {
  [M in keyof InboxEngine]-?: InboxEngine[M] extends (...args: never[]) => unknown ? M : never
}[keyof InboxEngine]

/** A call of the engine: the how-many-th, counted from 1. */
export interface Call {
  method: Method
  n: number
  args: readonly unknown[]
}

/** Does something with a call: carries it out, or not, or late. */
export type Around = (call: Call, carryOut: () => Promise<unknown>) => Promise<unknown>

export interface WatchedEngine extends InboxEngine {
  /** All calls so far. */
  readonly calls: readonly Call[]
  count(method: Method): number
}

/** The engine in memory, with something around each of its calls. */
export function engineWith(
  around: Around = (_, carryOut) => carryOut(),
  engine: InboxEngine = memoryEngine(),
): WatchedEngine {
  const calls: Call[] = []
  const watched =
    (method: Method) =>
    (...args: unknown[]) => {
      const call = { method, n: calls.length + 1, args }
      calls.push(call)
      const carryOut = engine[method] as (...args: unknown[]) => Promise<unknown>
      return around(call, () => carryOut(...args))
    }
  const own = { calls, count: (method: Method) => calls.filter((call) => call.method === method).length }
  return new Proxy(engine, {
    get(target, name: keyof InboxEngine) {
      if (name in own) return own[name as keyof typeof own]
      return typeof target[name] === 'function' ? watched(name as Method) : target[name]
    },
  }) as WatchedEngine
}

export const unavailable = (): KycWebhookError => new KycWebhookError('inbox-unavailable', 'injected')
/** The call is never carried out and never answered. */
export const hang = (): Promise<never> => new Promise(() => {})

/** The settlements of a commit. */
export const settlementsOf = (call: Call): readonly Settlement[] => call.args[1] as readonly Settlement[]

export interface Bench {
  engine: WatchedEngine
  inbox: Inbox
  worker: Worker
  log: CapturedLog
  letters: DeadLetter[]
  /** Names of the events whose handler was started, in order. */
  started: string[]
}

export interface BenchOptions extends Partial<Omit<Work, 'logger'>> {
  engine?: WatchedEngine
  inboxOptions?: InboxOptions
}

/** An inbox with a worker, in virtual time. Closed when the test ends. */
export function bench({ engine = engineWith(), inboxOptions, run, ...work }: BenchOptions = {}): Bench {
  virtualTime()
  const inbox = createInbox(engine, inboxOptions)
  const started: string[] = []
  const letters: DeadLetter[] = []
  const log = capturedLog()
  const worker = inbox.work({
    receiver: 'press',
    concurrency: 4,
    timeoutMs: 30_000,
    retry,
    keepHandledMs: 86_400_000,
    now: Date.now,
    random: () => 0,
    onDeadLetter: (letter) => void letters.push(letter),
    ...work,
    logger: log,
    async run(claim, scope) {
      started.push(nameOf(claim))
      await run?.(claim, scope)
    },
  })
  onTestFinished(async () => {
    void inbox.close()
    await pass(20_000)
  })
  return { engine, inbox, worker, log, letters, started }
}

/** An inbox without a worker, in virtual time. Closed when the test ends. */
export function inboxOn(around?: Around, options?: InboxOptions): { engine: WatchedEngine; inbox: Inbox } {
  virtualTime()
  const engine = engineWith(around)
  const inbox = createInbox(engine, options)
  onTestFinished(async () => {
    void inbox.close()
    await pass(20_000)
  })
  return { engine, inbox }
}

/** The code that a promise is rejected with. */
export async function codeOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise
    return 'none'
  } catch (error) {
    return (error as { code?: unknown }).code
  }
}
