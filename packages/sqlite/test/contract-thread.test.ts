import { inboxContract } from '@kyc-webhooks/testing'
import { makeStore } from './support/stores.ts'

inboxContract('sqlite in a thread', { persistent: true }, () => makeStore())
