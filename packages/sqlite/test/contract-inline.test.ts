import { inboxContract } from '@kyc-webhooks/testing'
import { makeStore } from './support/stores.ts'

inboxContract('sqlite inline', { persistent: true }, () => makeStore({ thread: false }))
