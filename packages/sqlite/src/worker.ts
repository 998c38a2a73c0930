import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import { toFailure } from './failure.ts'
import { openStore, type Store } from './store.ts'
import type { Answer, Call, WorkerData } from './thread-host.ts'
import { resultOf } from './together.ts'

// Runs in a thread of its own. Loads nothing but this package and the driver, so that it starts from source and from
// `dist` alike, whatever resolves the packages of the application.

let store: Store | undefined

async function open(id: number): Promise<Answer> {
  const { file, migrate }: WorkerData = workerData
  try {
    store = await openStore(file, migrate)
    return { id, value: undefined }
  } catch (error) {
    return { id, failure: toFailure(error) }
  }
}

function carryOut({ method, args }: Call): unknown {
  if (store === undefined || method === 'open') throw new Error('not open')
  const call = store[method] as (...args: unknown[]) => unknown
  return call(...args)
}

/** What is written together waits for the disk once: an attempt that starts beside a commit costs no second wait. */
function answersTo(calls: readonly Call[]): Answer[] {
  const isWritten = ({ method }: Call) => method === 'commit' || method === 'claim'
  const make = calls.map((call) => () => carryOut(call))
  const areTogether = calls.length > 1 && calls.every(isWritten)
  const results = store !== undefined && areTogether ? store.together(make) : make.map(resultOf)
  return results.map((result, at) => ({ id: calls[at]?.id ?? 0, ...result }))
}

/** All that has come meanwhile. */
function* waiting(port: MessagePort): Generator<Call> {
  for (let next = receiveMessageOnPort(port); next !== undefined; next = receiveMessageOnPort(port)) {
    yield next.message
  }
}

parentPort?.on('message', async (call: Call) => {
  if (parentPort === null) return
  if (call.method === 'open') return parentPort.postMessage(await open(call.id))
  for (const answer of answersTo([call, ...waiting(parentPort)])) parentPort.postMessage(answer)
})
