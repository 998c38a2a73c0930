import { KycWebhookError } from '../errors.ts'
import type { Inbox } from './inbox.ts'
import type { InboxOptions } from './inbox-options.ts'
import type { InboxEngine, SharedStore } from './port.ts'
import type { StartWorker } from './running-worker.ts'
import { StoreInbox } from './store-inbox.ts'
import { EventWorker } from './worker.ts'

/** Makes an inbox of a storage engine: group commit above it, and workers. Throws `option-invalid`. */
export function createInbox(engine: InboxEngine, options: InboxOptions = {}): Inbox {
  const startWorker: StartWorker = (work, hooks) => {
    if (work.transactional) {
      throw new KycWebhookError('option-invalid', `transactional (wanted: false, on ${engine.name})`)
    }
    return new EventWorker(work, engine, hooks)
  }
  return new StoreInbox(engine, startWorker, options)
}

/** Makes an inbox of a store and of workers that the engine brings itself. Throws `option-invalid`. */
export function createInboxOn(
  store: SharedStore,
  startWorker: StartWorker,
  options: InboxOptions = {},
): Inbox {
  return new StoreInbox(store, startWorker, options, () => store.health())
}
