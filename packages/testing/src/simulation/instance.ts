import {
  createInbox,
  createReceiver,
  type HttpRequest,
  type Inbox,
  type InboxEngine,
  type KycEvent,
  type Receiver,
  type ReceiverOptions,
  type Reply,
  type StartedWorker,
  silentLogger,
  startWorker,
} from '@kyc-webhooks/core'
import { PARTS, type ProviderName } from './letters.ts'
import type { Plan } from './plan.ts'
import type { Sabotage } from './sabotage.ts'
import { never, sleep } from './virtual-time.ts'

/** What a process of the application is for. */
export type Role = 'both' | 'receive' | 'handle'

export interface Surroundings {
  role: Role
  plan: Plan
  engine: InboxEngine
  sabotage: Sabotage
  /** How far the process's clock is off, in milliseconds. */
  clockOffMs: () => number
  random: () => number
  secret: (provider: ProviderName) => Promise<string>
  handler: (event: KycEvent, signal: AbortSignal, process: Instance) => Promise<void>
}

/** What a handler that goes by the plan may take, in milliseconds. */
const HANDLER_TIMEOUT_MS = 2_000

/** A process with core's receivers and workers in it, all of them real. When it is killed, nothing of it answers any more. */
export class Instance {
  readonly role: Role
  readonly inbox: Inbox
  /** Resolves when it is gone. */
  readonly gone: Promise<undefined>
  readonly #engine: InboxEngine
  readonly #receivers = new Map<ProviderName, Receiver>()
  readonly #workers: StartedWorker[] = []
  #isAlive = true
  readonly #goes: () => void

  constructor({ role, plan, engine, sabotage, ...given }: Surroundings) {
    const { promise, resolve } = Promise.withResolvers<undefined>()
    this.gone = promise
    this.#goes = () => resolve(undefined)
    this.role = role
    this.#engine = engine
    const now = () => Date.now() + given.clockOffMs()
    const { maxQueued, concurrency, keepHandledMs } = plan
    const inbox = createInbox(engine, { now, maxQueued, purgeEveryMs: 1_000 })
    this.inbox = sabotage.inbox?.(inbox) ?? inbox
    const { random } = given
    const handling = {
      ...{ now, random, concurrency, keepHandledMs, logger: silentLogger },
      handlerTimeoutMs: HANDLER_TIMEOUT_MS,
      retry: { attempts: 6, firstDelayMs: 50, factor: 2, maxDelayMs: 1_000, crashes: 4 },
      onEvent: (event: KycEvent, { signal }: { signal: AbortSignal }) =>
        this.isAlive ? given.handler(event, signal, this) : never(),
    }
    const { onEvent, ...receiving } = handling
    for (const name of plan.providers) {
      const { provider } = PARTS[name]
      if (role === 'handle') {
        this.#workers.push(startWorker(this.inbox, provider, handling))
        continue
      }
      const options: ReceiverOptions & { inbox: Inbox } = {
        ...receiving,
        ...(role === 'receive' ? { receiveOnly: true } : { onEvent }),
        inbox: this.inbox,
        secret: () => given.secret(name),
        budgetMs: sabotage.budgetMs,
      }
      const receiver = createReceiver(provider, options)
      receiver.ready.catch(() => {})
      this.#receivers.set(name, sabotage.receiver?.(receiver, this.inbox) ?? receiver)
    }
  }

  get isAlive(): boolean {
    return this.#isAlive
  }

  /** `undefined`: the connection broke. */
  async receive(provider: ProviderName, request: HttpRequest): Promise<Reply | undefined> {
    if (!this.isAlive) return undefined
    const reply = await this.#receivers.get(provider)?.receive(request)
    return this.isAlive ? reply : undefined
  }

  /** As by SIGKILL: what was sent to the store may land, and nobody here hears of it. Its rights are free after a while. */
  async kill(freeAfterMs: number): Promise<void> {
    this.#die()
    await sleep(freeAfterMs)
    await this.#engine.close()
  }

  /** As by SIGTERM. */
  async end(): Promise<void> {
    const all = [...this.#receivers.values(), ...this.#workers]
    await Promise.all(all.map((each) => each.close()))
    await this.inbox.close().catch(() => {})
    this.#die()
  }

  #die(): void {
    this.#isAlive = false
    this.#goes()
  }
}
