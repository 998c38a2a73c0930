import { memoryEngine } from '../../src/inbox/memory-engine.ts'
import type { InboxEngine } from '../../src/inbox/port.ts'

/** An engine whose commits wait until they are let through. */
export interface GatedEngine extends InboxEngine {
  /** Lets all commits through, from now on. */
  letThrough(): void
}

export function gatedEngine(engine: InboxEngine = memoryEngine()): GatedEngine {
  const gate = Promise.withResolvers<void>()
  return {
    ...engine,
    letThrough: gate.resolve,
    async commit(...batch) {
      await gate.promise
      return engine.commit(...batch)
    },
  }
}
