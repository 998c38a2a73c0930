import type { KycEvent, Outcome, Receipt, Reply } from '@kyc-webhooks/core'
import { type Account, emptyAccount } from './account.ts'
import { FORGED, type Letter } from './letters.ts'

/** What became of one body, as those who sent it saw it. */
interface Fate {
  letter: Letter
  isAcknowledged: boolean
  /** Every reply so far was a refusal. */
  isOnlyRefused: boolean
  isRecorded: boolean
  isQuarantined: boolean
}

/**
 * Everything that was said and done, seen from outside: by senders, by handlers, and by the store when a commit lands. Knows
 * what must never happen; `broken` says what did.
 */
export class Ledger {
  readonly account: Account = { ...emptyAccount(), schedules: 1 }
  readonly broken: string[] = []
  readonly #fates = new Map<string, Fate>()
  /** By provider and event id: how often a handler has finished it. */
  readonly #finished = new Map<string, number>()
  readonly #settled = new Set<string>()

  /** To be called before a body is sent. */
  sends(letter: Letter, body: Uint8Array): void {
    const name = nameOf(letter.provider, body)
    if (this.#fates.has(name)) return
    const nothingYet = { isAcknowledged: false, isRecorded: false, isQuarantined: false }
    this.#fates.set(name, { letter, isOnlyRefused: true, ...nothingYet })
  }

  /** To be called when no reply was heard: what became of the delivery, nobody knows. */
  unheard(letter: Letter, body: Uint8Array): void {
    this.#fateOf(letter, body).isOnlyRefused = false
  }

  /** To be called with each reply. `late`: it came after the provider's budget. */
  replied(letter: Letter, body: Uint8Array, reply: Reply | undefined, late?: { byMs: number }): void {
    const fate = this.#fateOf(letter, body)
    const { status = 0 } = reply ?? {}
    this.account.deliveries++
    if (status >= 500) this.account.faults++
    if (status >= 400 && status < 500) {
      this.account.refused++
      return
    }
    fate.isOnlyRefused = false
    if (status < 200 || status > 299) return
    fate.isAcknowledged = true
    if (letter.kind !== 'genuine')
      this.broken.push(`${letter.kind === 'forged' ? 'P2' : 'P5'}: ${letter.name} was answered ${status}`)
    if (late) this.broken.push(`P6: ${letter.name} was answered ${status}, ${late.byMs} ms beyond the budget`)
  }

  /** To be called by the store when a receipt was committed, whether or not its caller ever hears of it. */
  committed(receipt: Receipt, outcome: Outcome | undefined): void {
    const fate = this.#fates.get(nameOf(receipt.receiver, receipt.body))
    if (fate === undefined || fate.letter.kind === 'forged') {
      const name = fate?.letter.name ?? 'what nobody sent'
      this.broken.push(`P2: the store is given ${name}, which is not authentic`)
      return
    }
    if (outcome === 'recorded') fate.isRecorded = true
    if (outcome === 'recorded' && fate.letter.kind === 'set-aside')
      this.broken.push(`P5: ${fate.letter.name} is not usable, and is recorded`)
    if (outcome === 'quarantined' || outcome === 'conflict') fate.isQuarantined = true
  }

  /** To be called by the store when an event is done for good. */
  settled(event: KycEvent): void {
    this.#settled.add(`${event.provider} ${event.id}`)
  }

  /** To be called when a handler is given an event. */
  starts(event: KycEvent): void {
    const name = `${event.provider} ${event.id}`
    if (this.#settled.has(name)) this.broken.push(`P3: ${name} is handled although that was settled`)
    if ((event.data as { says?: string }).says === FORGED)
      this.broken.push(`P2: ${name} is forged, and handled`)
  }

  /** To be called when a handler has finished an event. */
  finished(event: KycEvent): void {
    const name = `${event.provider} ${event.id}`
    this.#finished.set(name, (this.#finished.get(name) ?? 0) + 1)
  }

  /** Genuine letters whose sender was never told that they are safe. */
  unacknowledged(): Letter[] {
    return [...this.#fates.values()]
      .filter(({ letter, isAcknowledged }) => letter.kind === 'genuine' && !isAcknowledged)
      .map(({ letter }) => letter)
  }

  /** To be called when all is quiet again. `isMild`: nothing happened that excuses a second run of a handler. */
  close(isMild: boolean): void {
    const fates = [...this.#fates.values()]
    for (const { letter, ...fate } of fates) {
      if (fate.isAcknowledged && !fate.isRecorded && !fate.isQuarantined)
        this.broken.push(`P1: ${letter.name} was acknowledged, and is neither recorded nor in quarantine`)
      if (fate.isOnlyRefused && fate.isRecorded)
        this.broken.push(`P5: ${letter.name} was only ever refused, and is recorded`)
    }
    const acknowledged = new Set(
      fates.filter((fate) => fate.isAcknowledged).flatMap(({ letter }) => eventNames(letter)),
    )
    for (const name of acknowledged) {
      if (this.#finished.has(name)) continue
      this.account.lost++
      this.broken.push(`P1: ${name} was acknowledged and never handled`)
    }
    const twice = [...this.#finished].filter(([, times]) => times > 1)
    if (isMild) for (const [name, times] of twice) this.broken.push(`P3: ${name} was handled ${times} times`)
    this.account.acknowledged = acknowledged.size
    this.account.handled = this.#finished.size
    this.account.handledTwice = twice.length
  }

  #fateOf({ provider }: Letter, body: Uint8Array): Fate {
    const fate = this.#fates.get(nameOf(provider, body))
    if (fate === undefined) throw new Error('replied to what was not sent')
    return fate
  }
}

const nameOf = (provider: string, body: Uint8Array): string =>
  `${provider} ${Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('latin1')}`

const eventNames = ({ provider, eventIds }: Letter): string[] => eventIds.map((id) => `${provider} ${id}`)
