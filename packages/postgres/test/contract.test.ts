import { inboxContract } from '@kyc-webhooks/testing'
import { makeStore, testDatabase } from './support/stores.ts'

const database = await testDatabase()

inboxContract('postgres', { persistent: true, exclusive: false }, () => makeStore(database))
