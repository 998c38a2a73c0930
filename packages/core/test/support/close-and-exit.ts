import { createReceiver, memoryInbox, uip } from '@kyc-webhooks/core'

// A process with nothing left to do once its receiver is closed.
const inbox = memoryInbox()
const receiver = createReceiver(uip(), { secret: 'k'.repeat(32), inbox, onEvent: () => {}, logger: false })
await receiver.ready
await receiver.close()
await inbox.close()
