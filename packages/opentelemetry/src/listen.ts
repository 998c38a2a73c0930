import { subscribe, unsubscribe } from 'node:diagnostics_channel'

/** Listens to a channel of core. Returns what ends that. */
export function listen<Message>(channel: string, hear: (message: Message) => void): () => void {
  const listener = (message: unknown) => hear(message as Message)
  const name = `kyc-webhooks:${channel}`
  subscribe(name, listener)
  return () => void unsubscribe(name, listener)
}

export const all =
  (...closers: readonly (() => void)[]) =>
  (): void => {
    for (const close of closers) close()
  }
