import {
  createReceiver,
  type Inbox,
  type KycEvent,
  type Provider,
  type Receiver,
  type ReceiverOptions,
} from '@kyc-webhooks/core'
import { sqliteInbox } from './sqlite-inbox.ts'

/** A receiver with what it stands on: what an adapter hands to the application. */
export interface OpenReceiver {
  readonly receiver: Receiver
  /** `receiver.ready`: resolves when the inbox is open and the secrets are there. Rejects with a `KycWebhookError`. */
  readonly ready: Promise<void>
  /** Closes the receiver, and its hold on the inbox when that is the default one; an inbox that was given stays its owner's. Idempotent. */
  readonly close: () => Promise<void>
}

/**
 * A receiver on the inbox of its options, or on the default one: the SQLite file that all receivers of the process share.
 * Throws a `KycWebhookError` when the secret, an option or a handler is missing or wrong.
 */
export function openReceiver<E extends KycEvent>(
  provider: Provider<E>,
  options: ReceiverOptions<E>,
): OpenReceiver {
  if (options.inbox !== undefined)
    return standing(createReceiver(provider, { ...options, inbox: options.inbox }))
  const inbox = sqliteInbox()
  try {
    return standing(createReceiver(provider, { ...options, inbox }), inbox)
  } catch (error) {
    void inbox.close()
    throw error
  }
}

function standing(receiver: Receiver, ownInbox?: Inbox): OpenReceiver {
  return {
    receiver,
    ready: receiver.ready,
    close: () => receiver.close().then(() => ownInbox?.close()),
  }
}
