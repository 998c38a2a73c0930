import { memoryInbox, reconcile, uip } from '@kyc-webhooks/core'

// A reconciler that nobody closes, between its polls and with a fetch that waits for nothing.
const inbox = memoryInbox()
const polled = Promise.withResolvers<void>()
const reconciler = reconcile(inbox, uip(), {
  logger: false,
  fetch: () => {
    polled.resolve()
    return new Promise(() => {})
  },
})
await reconciler.ready
await polled.promise
console.log('polled')
