/** An application whose secret is not set. To be run as a process of its own. */
import { createReceiver, memoryInbox, press } from '@kyc-webhooks/core'

createReceiver(press(), {
  secret: process.env.SECRET,
  onEvent: () => {},
  inbox: memoryInbox(),
  logger: false,
})
console.log('started')
