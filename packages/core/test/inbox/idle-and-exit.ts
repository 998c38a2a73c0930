import { silentLogger } from '../../src/logger.ts'
import { memoryInbox } from '../../src/memory-inbox.ts'
import { receiptOf, retry } from './samples.ts'

// A worker with nothing to do, one attempt that never ends, a purge to come: none is a reason to stay.
const inbox = memoryInbox()
inbox.work({
  receiver: 'press',
  concurrency: 4,
  timeoutMs: 30_000,
  retry,
  keepHandledMs: 1_000,
  now: Date.now,
  random: Math.random,
  logger: silentLogger,
  run: () => {
    console.log('handling')
    return new Promise(() => {})
  },
})
console.log(await inbox.record(receiptOf('a')))
