import type { HttpRequest } from '@kyc-webhooks/core'
import type { PreparedDelivery, Simulator } from '@kyc-webhooks/simulator'
import type { Fleet } from './fleet.ts'
import {
  FORGERIES,
  type Letter,
  MALFORMED,
  PARTS,
  type ProviderName,
  SET_ASIDE,
  writeLetter,
} from './letters.ts'
import type { Scene } from './scene.ts'
import { sleep } from './virtual-time.ts'

/** After so long no sender waits for a reply any more. */
const PATIENCE_MS = 20_000

interface Sent {
  letter: Letter
  delivery: PreparedDelivery
}

/** The providers, who deliver and deliver again as their pages say, and somebody in between who has no secret. */
export class Senders {
  readonly #scene: Scene
  readonly #fleet: Fleet
  readonly #simulators = new Map<ProviderName, Simulator>()
  readonly #caught: Sent[] = []
  #underWay = 0
  #nonces = 0

  constructor(scene: Scene, fleet: Fleet) {
    this.#scene = scene
    this.#fleet = fleet
    for (const name of scene.plan.providers) {
      const simulator = PARTS[name].simulator({
        url: 'https://receiver.example/',
        now: () => Date.now() + scene.wallOffMs(),
        newNonce: () => `nonce-${this.#nonces++}`,
      })
      this.#simulators.set(name, simulator)
    }
  }

  get isIdle(): boolean {
    return this.#underWay === 0
  }

  /** Delivers until the reply is final, the retry schedule is over, or all is calm. */
  async deliver(letter: Letter): Promise<void> {
    const { isFinal, haste } = PARTS[letter.provider]
    const simulator = this.#simulatorOf(letter)
    for (const [index, wait] of [...simulator.retrySchedule, undefined].entries()) {
      const status = await this.deliverOnce(letter, index + 1)
      if (wait === undefined || (status !== undefined && isFinal(status))) return
      await sleep(wait / haste)
      if (this.#scene.isCalm) return
    }
  }

  /** One attempt, signed now. Resolves to the status, if a reply came in time and was heard. */
  async deliverOnce(letter: Letter, attempt: number): Promise<number | undefined> {
    const { chance, plan, ledger, isCalm } = this.#scene
    const status = await this.#post({
      letter,
      delivery: this.#simulatorOf(letter).prepare(letter.draft, { attempt }),
    })
    if (plan.isMild && status !== undefined && status >= 400 && status < 500)
      ledger.broken.push(`P4: ${letter.name} is genuine, and was refused with ${status}`)
    return !isCalm && chance.of(0.05) ? undefined : status
  }

  /** Something that only the provider can sign, and no receiver can use. */
  async setAside(provider: ProviderName, name: string): Promise<void> {
    const letter = writeLetter(provider, name, { kind: 'set-aside' })
    const simulator = this.#simulatorOf(letter)
    const { chance, plan } = this.#scene
    // By a clock that is off, what is stale may be fresh.
    const flaws = plan.clockJumps > 0 ? MALFORMED : SET_ASIDE
    const flaw = chance.oneOf(flaws.filter((each) => simulator.flaws.includes(each)))
    await this.#post({ letter, delivery: simulator.prepare(letter.draft, { flaw }) })
  }

  /** Says something in the provider's name, under an id of the provider's, without the secret. */
  async forge(provider: ProviderName, name: string): Promise<void> {
    const letter = writeLetter(provider, name, { kind: 'forged' })
    const flaw = this.#scene.chance.oneOf(FORGERIES)
    await this.#post({ letter, delivery: this.#simulatorOf(letter).prepare(letter.draft, { flaw }) })
  }

  /** Sends again what was caught on the way; where timestamp and nonce are not signed, perhaps with others. */
  async replay(): Promise<void> {
    const { chance, wallOffMs } = this.#scene
    if (this.#caught.length === 0) return
    const { letter, delivery } = chance.oneOf(this.#caught)
    const renewed = {
      'aai-timestamp': String(Math.floor((Date.now() + wallOffMs()) / 1_000)),
      'aai-nonce': `replayed-${this.#nonces++}`,
    }
    const isRenewed = letter.provider === 'advance-ai' && chance.of(0.5)
    const headers = isRenewed ? { ...delivery.headers, ...renewed } : delivery.headers
    await this.#post({ letter, delivery: { ...delivery, headers } })
  }

  async #post({ letter, delivery }: Sent): Promise<number | undefined> {
    const { ledger, tell, elapsedMs, chance, isCalm } = this.#scene
    ledger.sends(letter, delivery.body)
    const instance = this.#fleet.receiving()
    if (instance === undefined) return undefined
    if (letter.kind === 'genuine') this.#caught.push({ letter, delivery })
    this.#underWay++
    let readAt = 0
    const request: HttpRequest = {
      ...{ method: 'POST', remoteAddress: '192.0.2.1', tls: 'TLSv1.3' },
      rawHeaders: Object.entries(delivery.headers).flat(),
      async readBody() {
        if (!isCalm && chance.of(0.5)) await sleep(chance.between(0, 100))
        readAt = elapsedMs()
        return delivery.body
      },
    }
    const replying = instance.receive(letter.provider, request).then((reply) => {
      const byMs = elapsedMs() - readAt - PARTS[letter.provider].provider.budgetMs
      tell(`${letter.kind} ${letter.name}: ${reply?.status ?? 'no reply'}`)
      ledger.replied(letter, delivery.body, reply, byMs > 0 ? { byMs } : undefined)
      return reply?.status
    })
    const status = await Promise.race([replying, instance.gone, sleep(PATIENCE_MS)])
    if (status === undefined) ledger.unheard(letter, delivery.body)
    this.#underWay--
    return status ?? undefined
  }

  #simulatorOf({ provider }: Letter): Simulator {
    return this.#simulators.get(provider) as Simulator
  }
}
