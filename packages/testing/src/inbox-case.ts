import type { InboxEngine } from '@kyc-webhooks/core'

/** A store to run a case on. */
export interface EngineFixture {
  /** Opens an engine on the store. Where stores are persistent, another one at each call, as another process would. */
  open(): Promise<InboxEngine>
  /** Everything that lies in the store now, to look for what must be gone. */
  content(): Promise<Buffer>
  /** Closes what is open and removes the store. */
  destroy(): Promise<void>
}

/** One sentence of the port, and what holds an engine to it. */
export interface InboxCase {
  name: string
  /** True: only for stores that outlive their engine and that several may share. */
  persistent?: boolean
  /** Rejects when the engine does not do it. */
  run(fixture: EngineFixture): Promise<void>
}

/** A case on one engine. */
export function onEngine(name: string, run: (engine: InboxEngine) => Promise<void>): InboxCase {
  return { name, run: async (fixture) => run(await fixture.open()) }
}

/** A case on two engines that share a store. */
export function onTwoEngines(
  name: string,
  run: (a: InboxEngine, b: InboxEngine) => Promise<void>,
): InboxCase {
  return {
    name,
    persistent: true,
    run: async (fixture) => run(await fixture.open(), await fixture.open()),
  }
}
