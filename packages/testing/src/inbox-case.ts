import { createInbox, type Inbox, type InboxEngine, type InboxOptions } from '@kyc-webhooks/core'

/** A store to run a case on. */
export interface EngineFixture {
  /** Opens an engine on the store. Where stores are persistent, another one at each call, as another process would. */
  open(): Promise<InboxEngine>
  /** An inbox on the store, where it is not made by `createInbox`. Opens when it is first needed. */
  inbox?(options: InboxOptions): Inbox
  /** For each inbox on the store. */
  options?: InboxOptions
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
  /** True: only for engines that let one process at a time run the events of a receiver. */
  exclusive?: boolean
  /** Rejects when the engine does not do it. */
  run(fixture: EngineFixture): Promise<void>
}

/** An inbox on the store of a fixture. */
export async function inboxOn(fixture: EngineFixture, own: InboxOptions = {}): Promise<Inbox> {
  const options = { ...fixture.options, ...own }
  return fixture.inbox?.(options) ?? createInbox(await fixture.open(), options)
}

/** The same case, for engines that let one process at a time run the events of a receiver. */
export function exclusive(inboxCase: InboxCase): InboxCase {
  return { ...inboxCase, exclusive: true }
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
