import { isKycWebhookError } from '../../errors.ts'
import { boolean, positive } from '../../option-checks.ts'
import type {
  Claim,
  DeliveryRecord,
  EventRecord,
  InboxStore,
  MovedQuarantine,
  Outcome,
  Receipt,
  Settlement,
  StoredDelivery,
  StoredFact,
  StoredUnverified,
  Unreadable,
  UnverifiedDelivery,
} from '../port.ts'
import type { EncryptionOptions } from './encryption-options.ts'
import { KeyedHashes } from './hashes.ts'
import { KeyHolder } from './key-holder.ts'
import type { KeySet } from './key-set.ts'
import {
  amongUnverified,
  isSealed,
  openContent,
  openContext,
  openEvent,
  sealContent,
  sealEvent,
} from './row-sealer.ts'
import { checkKeys, hashKeyOf, newSeal, parseSeal, type Seal, sealAlone, sealWith } from './seal-text.ts'
import type { ClaimGuard, StoreGuard } from './store-guard.ts'

type SealedStore = Pick<InboxStore, 'commit' | 'seal' | 'setSeal' | 'plainHashes'>

/** Seals what goes into a store, and opens what comes out of it. */
export class Sealing implements StoreGuard {
  readonly #store: SealedStore
  readonly #holder: KeyHolder
  readonly #seals: boolean
  #hashes: KeyedHashes | undefined

  /** Throws `option-invalid`, and what `toKeySet` throws. */
  constructor(
    store: SealedStore,
    { keys, keysMaxAgeMs = 60_000, seal = true, ...others }: EncryptionOptions,
  ) {
    refuseOthers(others)
    this.#store = store
    this.#seals = boolean('encryption.seal', seal)
    this.#holder = new KeyHolder(keys, positive('encryption.keysMaxAgeMs', keysMaxAgeMs))
  }

  get hashes(): KeyedHashes {
    if (this.#hashes === undefined) throw new Error('the inbox is not open')
    return this.#hashes
  }

  /** The keys in hand, and whether new rows are sealed. */
  get state(): { keys: KeySet; seals: boolean } {
    return { keys: this.#holder.inHand, seals: this.#seals }
  }

  async open(): Promise<void> {
    await this.#use(await this.#holder.load())
  }

  /** Nothing is sealed with a key before the store says so: whoever opens it must know which keys it needs. */
  async #use(keys: KeySet): Promise<void> {
    const seal = await this.#agree(keys)
    checkKeys(seal, keys)
    this.#hashes = new KeyedHashes(hashKeyOf(seal, keys), seal.mixed)
    this.#holder.inHand = keys
  }

  async #agree(keys: KeySet): Promise<Seal> {
    for (;;) {
      const text = await this.#store.seal()
      const known = text === undefined ? undefined : parseSeal(text)
      if (known !== undefined) checkKeys(known, keys)
      const wanted = known === undefined ? newSeal(keys, await this.#hasPlainHashes()) : sealWith(known, keys)
      if (wanted === known) return wanted
      const put = JSON.stringify(wanted)
      if ((await this.#store.setSeal(text, put)) === put) return wanted
    }
  }

  /** To be called when every row and every hash is as it would be recorded now. */
  async settled(): Promise<void> {
    const text = await this.#store.seal()
    if (text === undefined) return
    const keys = this.#holder.inHand
    const wanted = { ...sealAlone(parseSeal(text), keys), mixed: await this.#hasPlainHashes() }
    await this.#store.setSeal(text, JSON.stringify(wanted))
    await this.#use(keys)
  }

  async #hasPlainHashes(): Promise<boolean> {
    for (const kind of ['key', 'nonce', 'head'] as const)
      if ((await this.#store.plainHashes(kind, '', 1)).length > 0) return true
    return false
  }

  async commit(receipts: readonly Receipt[], settlements: readonly Settlement[]): Promise<Outcome[]> {
    this.#refresh(false)
    const sealed = receipts.map((receipt, index) => ({ index, receipt: this.#sealed(receipt) }))
    // Under other keys they have another order.
    sealed.sort((a, b) => ((a.receipt.key ?? '') < (b.receipt.key ?? '') ? -1 : 1))
    const outcomes = await this.#store.commit(
      sealed.map(({ receipt }) => receipt),
      settlements,
    )
    const inOrder: Outcome[] = []
    for (const [at, { index }] of sealed.entries()) {
      const outcome = outcomes[at]
      if (outcome !== undefined) inOrder[index] = outcome
    }
    return inOrder
  }

  #sealed(given: Receipt): Receipt {
    const receipt = this.hashes.receipt(given)
    if (!this.#seals) return receipt
    const { first } = this.#holder.inHand
    const { place, ...content } = sealContent(first, receipt, receipt.receiver)
    const events = receipt.events.map((event) => ({
      ...event,
      json: sealEvent(first, event.json, receipt.receiver, place),
    }))
    return { ...receipt, ...content, events }
  }

  claimsOf(receiver: string): ClaimGuard {
    return {
      headKeys: (subject) => this.hashes.headKeys(receiver, subject),
      open: (claim) => this.#opening(() => openClaim(this.#holder.inHand, claim, receiver)),
    }
  }

  event(row: EventRecord): EventRecord {
    const keys = this.#holder.inHand
    return this.#orUnreadable(row, { json: 'null', context: bare(row) }, () => ({
      context: openContext(keys, row.context, row.receiver),
      json: openEvent(keys, row.json, row.receiver, row.context),
    }))
  }

  fact({ json, receiver }: StoredFact, context: EventRecord['context']): string {
    return this.#opening(() => openEvent(this.#holder.inHand, json, receiver, context))
  }

  quarantined(row: MovedQuarantine): MovedQuarantine {
    const nothing = { body: new Uint8Array(), headers: {}, context: bare(row) }
    return this.#orUnreadable(row, nothing, () => openContent(this.#holder.inHand, row, row.receiver))
  }

  unverified(row: StoredUnverified): StoredUnverified & Unreadable {
    const nothing: Pick<StoredUnverified, 'body' | 'headers' | 'context'> = {
      ...{ body: new Uint8Array(), headers: {}, context: bare(row) },
    }
    const open = () => openContent(this.#holder.inHand, row, amongUnverified(row.receiver))
    return this.#orUnreadable<StoredUnverified & Unreadable, typeof nothing>(row, nothing, open)
  }

  toKeepUnverified(receiver: string, delivery: UnverifiedDelivery): UnverifiedDelivery {
    this.#refresh(false)
    const keyed = { ...delivery, digest: this.hashes.of('digest', delivery.digest) }
    if (!this.#seals) return keyed
    const { place: _, ...content } = sealContent(this.#holder.inHand.first, keyed, amongUnverified(receiver))
    return { ...keyed, ...content }
  }

  delivery({ events, body, headers, context }: StoredDelivery): DeliveryRecord | undefined {
    const receiver = events[0]?.receiver ?? ''
    try {
      return this.#opening(() => openContent(this.#holder.inHand, { body, headers, context }, receiver))
    } catch {
      return undefined
    }
  }

  #orUnreadable<Row extends Unreadable, Part extends Partial<Row>>(
    row: Row,
    nothing: Part,
    open: () => Part,
  ): Row {
    try {
      return { ...row, ...this.#opening(open) }
    } catch (error) {
      const unreadable = isKycWebhookError(error, 'encryption-key-missing') ? 'key-missing' : 'broken'
      return { ...row, ...nothing, unreadable }
    }
  }

  #opening<T>(open: () => T): T {
    try {
      return open()
    } catch (error) {
      this.#refresh(isKycWebhookError(error, 'encryption-key-missing'))
      throw error
    }
  }

  /** Asks for the keys again when it is time, and goes on with those in hand. */
  #refresh(isMissing: boolean): void {
    if (!this.#holder.isDue(isMissing)) return
    this.open().catch(() => {})
  }
}

function openClaim(keys: KeySet, claim: Claim, receiver: string): Claim {
  return {
    ...claim,
    json: openEvent(keys, claim.json, receiver, claim.context),
    context: openContext(keys, claim.context, receiver),
  }
}

const bare = ({ context }: Pick<EventRecord, 'context'>): EventRecord['context'] =>
  isSealed(context) ? { receivedAt: context.receivedAt } : context

/** A misspelt `seal` would not be the default. */
function refuseOthers(others: object): void {
  for (const name of Object.keys(others)) positive(`encryption.${name}`, Number.NaN)
}
