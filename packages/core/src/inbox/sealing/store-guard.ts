import { KycWebhookError } from '../../errors.ts'
import type { DeliveryContext } from '../../event.ts'
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
import { type Hashes, plainHashes } from './hashes.ts'

/** What stands between an inbox and its store. */
export interface StoreGuard {
  readonly hashes: Hashes
  /** To be called when the store is open, and again when it took another one over. */
  open(): Promise<void>
  commit(receipts: readonly Receipt[], settlements: readonly Settlement[]): Promise<Outcome[]>
  claimsOf(receiver: string): ClaimGuard
  event(row: EventRecord): EventRecord
  /** The event of a stored delivery, as JSON. Throws as `ClaimGuard.open`. */
  fact(fact: StoredFact, context: DeliveryContext): string
  quarantined(row: MovedQuarantine): MovedQuarantine
  unverified(row: StoredUnverified): StoredUnverified & Unreadable
  toKeepUnverified(receiver: string, delivery: UnverifiedDelivery): UnverifiedDelivery
  /** `undefined`: it cannot be read. */
  delivery(row: StoredDelivery): DeliveryRecord | undefined
}

/** The same for the attempts of one receiver. */
export interface ClaimGuard {
  /** What the head of a subject is kept under, and then what it may be found under besides. */
  headKeys(subject: string): readonly [string, ...string[]]
  /** Throws `encryption-key-missing`, or `sealed-value-broken`. */
  open(claim: Claim): Claim
}

/** Nothing stands between: for stores in plain text. */
export function plainGuard(store: Pick<InboxStore, 'commit' | 'seal'>): StoreGuard {
  return {
    hashes: plainHashes,
    async open() {
      if ((await store.seal()) === undefined) return
      throw new KycWebhookError('encryption-key-missing', 'this inbox is sealed: give it `encryption`')
    },
    commit: (receipts, settlements) => store.commit(receipts, settlements),
    claimsOf: (receiver) => ({
      headKeys: (subject) => plainHashes.headKeys(receiver, subject),
      open: (claim) => claim,
    }),
    event: (row) => row,
    fact: ({ json }) => json,
    quarantined: (row) => row,
    unverified: (row) => row,
    toKeepUnverified: (_, delivery) => delivery,
    delivery: ({ body, headers, context }) => ({ body, headers, context }),
  }
}
