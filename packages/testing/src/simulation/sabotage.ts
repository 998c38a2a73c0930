import type { Inbox, InboxEngine, Receiver } from '@kyc-webhooks/core'

/** What a test breaks on purpose, to see that it is found. */
export interface Sabotage {
  /** Around the engine of each process, on its side of the way to the store. */
  engine?: (engine: InboxEngine) => InboxEngine
  /** Around the inbox that receivers are given. */
  inbox?: (inbox: Inbox) => Inbox
  /** Around each receiver. */
  receiver?: (receiver: Receiver, inbox: Inbox) => Receiver
  /** In place of each provider's budget, in milliseconds. */
  budgetMs?: number
}
