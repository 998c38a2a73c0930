import { KycWebhookError } from '@kyc-webhooks/core'
import { type Failure, toFailure } from './failure.ts'
import { openStore, type Store, type StoreMethod } from './store.ts'

/** Where a store lives: in this thread or in one of its own. */
export interface Host {
  call<M extends StoreMethod>(method: M, args: Parameters<Store[M]>): Promise<ReturnType<Store[M]>>
  /** Closes the store. */
  close(): Promise<void>
}

/** The store in this thread: each call holds up the event loop until the disk has answered. */
export async function inlineHost(file: string, migrate: boolean): Promise<Host> {
  const store = await guarded(() => openStore(file, migrate))
  return {
    call: (method, args) => guarded(() => invoke(store, method, args)),
    close: () => guarded(() => store.close()),
  }
}

async function guarded<T>(run: () => T | Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (error) {
    throw toError(toFailure(error))
  }
}

/** A call by name. The cast says what the type of `Store` does, which the compiler does not follow through a type parameter. */
function invoke<M extends StoreMethod>(
  store: Store,
  method: M,
  args: Parameters<Store[M]>,
): ReturnType<Store[M]> {
  const call = store[method] as (...args: Parameters<Store[M]>) => ReturnType<Store[M]>
  return call(...args)
}

/** A failure as the error that callers see. One without a code of ours is passed on as it is: the fault may lie in the call. */
export function toError({ code, cause, message, stack }: Failure): Error {
  const original = Object.assign(new Error(message), { code: cause, stack })
  if (code === undefined) return original
  return cause === undefined
    ? new KycWebhookError(code, message)
    : new KycWebhookError(code, cause, { cause: original })
}
