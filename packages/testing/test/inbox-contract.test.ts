import { memoryEngine } from '@kyc-webhooks/core'
import { inboxContract } from '../src/inbox-contract.ts'
import { sharedStore } from './support/inbox-faults-share.ts'
import { memoryContent } from './support/memory-content.ts'

inboxContract('memory', { persistent: false }, () => {
  const engine = memoryEngine()
  return {
    async open() {
      await engine.open()
      return engine
    },
    content: () => memoryContent(engine),
    destroy: () => engine.close(),
  }
})

// What the simulation stands on.
inboxContract('the model store', { persistent: true }, () => sharedStore())
