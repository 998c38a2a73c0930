import { memoryEngine } from '@kyc-webhooks/core'
import { inboxContract } from '../src/inbox-contract.ts'

inboxContract('memory', { persistent: false }, () => {
  const engine = memoryEngine()
  return {
    async open() {
      await engine.open()
      return engine
    },
    destroy: () => engine.close(),
  }
})
