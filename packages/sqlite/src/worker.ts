import { parentPort, workerData } from 'node:worker_threads'
import { toFailure } from './failure.ts'
import { openStore, type Store } from './store.ts'
import type { Answer, Call, WorkerData } from './thread-host.ts'

// Runs in a thread of its own. Loads nothing but this package and the driver, so that it starts from source and from
// `dist` alike, whatever resolves the packages of the application.

let store: Store | undefined

async function carryOut({ method, args }: Call): Promise<unknown> {
  if (method === 'open') {
    const { file, migrate }: WorkerData = workerData
    store = await openStore(file, migrate)
    return
  }
  if (store === undefined) throw new Error('not open')
  const call = store[method] as (...args: unknown[]) => unknown
  return call(...args)
}

async function answer(call: Call): Promise<Answer> {
  try {
    return { id: call.id, value: await carryOut(call) }
  } catch (error) {
    return { id: call.id, failure: toFailure(error) }
  }
}

parentPort?.on('message', async (call: Call) => parentPort?.postMessage(await answer(call)))
