import type { KycEvent } from '@kyc-webhooks/core'
import { Instance, type Role } from './instance.ts'
import { PARTS, type ProviderName } from './letters.ts'
import { ModelStore } from './model-store.ts'
import type { Scene } from './scene.ts'
import { never, sleep } from './virtual-time.ts'
import { exposed, FAIR } from './weather.ts'

const MINUTE = 60_000

/** The processes of the application, on one store, and what befalls them. */
export class Fleet {
  readonly store: ModelStore
  readonly #scene: Scene
  readonly #instances: Instance[] = []
  readonly #clocks = new Map<Instance, number>()
  #killsLeft: number
  #isOut = false

  constructor(scene: Scene) {
    const { ledger } = scene
    this.#scene = scene
    this.#killsLeft = scene.plan.kills
    this.store = new ModelStore({
      committed: (receipt, outcome) => ledger.committed(receipt, outcome),
      done: (json) => ledger.settled(JSON.parse(json) as KycEvent),
    })
  }

  startAll(): void {
    const { instances, isSplit } = this.#scene.plan
    for (let index = 0; index < instances; index++) this.start(isSplit ? 'receive' : 'both')
    if (isSplit) for (let index = 0; index < Math.max(1, instances - 1); index++) this.start('handle')
  }

  start(role: Role): void {
    const { chance, plan, sabotage, tell, wallOffMs } = this.#scene
    const isAlive = () => instance?.isAlive ?? true
    const engine = exposed(this.store.openEngine(), {
      ...{ chance, isAlive },
      weather: () => (this.#scene.isCalm ? FAIR : { ...plan, isOut: this.#isOut }),
      onFault: (what) => tell(`${name}: ${what}`),
      onHang: () => void sleep(chance.between(500, 3_000)).then(() => this.#kill(instance)),
      moment: () => this.#moment(instance, 0.02),
    })
    const name = `process ${this.#instances.length}`
    tell(`${name} starts, to ${role}`)
    // Its parts may ask for the time, and fail, before it is complete.
    let instance: Instance | undefined
    instance = new Instance({
      ...{ role, plan, sabotage, random: chance.fraction },
      engine: sabotage.engine?.(engine) ?? engine,
      clockOffMs: () => wallOffMs() + (instance ? (this.#clocks.get(instance) ?? 0) : 0),
      secret: (provider) => this.#secret(provider),
      handler: (event, signal, process) => this.#handle(event, signal, process),
    })
    this.#instances.push(instance)
  }

  /** Where a balancer sends the next delivery; sometimes it has not noticed that a process died. */
  receiving(): Instance | undefined {
    const receiving = this.#instances.filter(({ role }) => role !== 'handle')
    const alive = receiving.filter(({ isAlive }) => isAlive)
    const { isCalm, chance } = this.#scene
    const isUnaware = !isCalm && (alive.length === 0 || chance.of(0.05))
    return chance.oneOf(isUnaware ? receiving : alive)
  }

  killOne(): void {
    this.#kill(this.#oneAlive())
  }

  /** Ends one, and starts another before or after that. */
  async restartOne(): Promise<void> {
    const { chance, tell, ledger } = this.#scene
    const instance = this.#oneAlive()
    if (instance === undefined) return
    tell(`process ${this.#instances.indexOf(instance)} is told to end`)
    ledger.account.restarts++
    const startsFirst = chance.of(0.5)
    if (startsFirst) this.start(instance.role)
    await instance.end()
    if (!startsFirst && (!this.#scene.isCalm || this.#scene.plan.isMild)) this.start(instance.role)
  }

  async outage(ms: number): Promise<void> {
    this.#scene.tell(`the store is out for ${ms} ms`)
    this.#isOut = true
    await sleep(ms)
    this.#isOut = false
  }

  setClock(): void {
    const { chance, tell } = this.#scene
    const instance = this.#oneAlive()
    if (instance === undefined) return
    const off = chance.between(-10 * MINUTE, 10 * MINUTE)
    tell(`the clock of process ${this.#instances.indexOf(instance)} is off by ${off} ms`)
    this.#clocks.set(instance, off)
  }

  /** Clocks are right again; where something may be stuck, all processes make room for others. */
  calm(): void {
    this.#clocks.clear()
    if (this.#scene.plan.isMild) return
    for (const instance of this.#instances) if (instance.isAlive) void instance.kill(0)
    this.startAll()
  }

  /** An owner's act, by a look at the store from outside: what ran out of attempts gets fresh ones. */
  async retryDead(): Promise<void> {
    const dead = await this.store.rows.events({ state: 'dead', limit: 10_000 })
    const now = Date.now() + this.#scene.wallOffMs()
    await this.store.rows.retry(
      dead.map(({ seq }) => seq),
      now,
    )
  }

  #oneAlive(): Instance | undefined {
    const alive = this.#instances.filter(({ isAlive }) => isAlive)
    return alive.length === 0 ? undefined : this.#scene.chance.oneOf(alive)
  }

  #moment(instance: Instance | undefined, probability: number): void {
    if (this.#killsLeft > 0 && this.#scene.chance.of(probability)) this.#kill(instance)
  }

  #kill(instance: Instance | undefined): void {
    const { chance, tell, ledger } = this.#scene
    if (!instance?.isAlive || this.#scene.isCalm) return
    this.#killsLeft--
    ledger.account.kills++
    tell(`process ${this.#instances.indexOf(instance)} is killed`)
    void instance.kill(chance.between(0, 1_000))
    void sleep(chance.between(0, 1_000)).then(() => {
      if (!this.#scene.isCalm) this.start(instance.role)
    })
  }

  async #secret(provider: ProviderName): Promise<string> {
    const { chance, plan, isCalm } = this.#scene
    if (!isCalm && chance.of(plan.secretFails)) throw new Error('injected')
    return PARTS[provider].secret
  }

  async #handle(event: KycEvent, signal: AbortSignal, process: Instance): Promise<void> {
    const { chance, plan, ledger, tell, isCalm } = this.#scene
    tell(`${event.id} is given to a handler of process ${this.#instances.indexOf(process)}`)
    ledger.starts(event)
    this.#moment(process, 0.05)
    if (!isCalm && chance.of(plan.handlerHangs)) return never()
    await sleep(chance.oneOf([0, chance.between(0, 50), chance.between(0, 1_500)]))
    if (!process.isAlive || signal.aborted) return never()
    if (!isCalm && chance.of(plan.handlerFails)) throw chance.oneOf([new Error('injected'), undefined, 7])
    ledger.finished(event)
    this.#moment(process, 0.05)
  }
}
