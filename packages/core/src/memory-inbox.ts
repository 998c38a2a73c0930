import { createInbox } from './inbox/create-inbox.ts'
import type { Inbox } from './inbox/inbox.ts'
import type { InboxOptions } from './inbox/inbox-options.ts'
import { memoryEngine } from './inbox/memory-engine.ts'

/** An inbox that forgets everything when the process ends. For tests: a 200 is not durable, and the log says so. */
export function memoryInbox(options: InboxOptions = {}): Inbox {
  return createInbox(memoryEngine(), options)
}
