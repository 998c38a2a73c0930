import { type BigIntStats, statSync } from 'node:fs'
import { StoreError } from './failure.ts'

/**
 * Returns a check that the file at this path, its log and the index of that log are still those that are open. A connection
 * goes on writing to files that were deleted or replaced: what it commits is gone with the process, or written over by
 * another one, which has made itself others.
 *
 * @param save called when the log is gone and nobody has made another: what was committed is in nobody's hands but this connection's
 */
export function stillThere(file: string, save: () => void): () => void {
  const [log, index] = [`${file}-wal`, `${file}-shm`]
  const opened = new Map([file, log, index].map((path) => [path, lookAt(path)]))
  const isChanged = (path: string): boolean => {
    const [before, found] = [opened.get(path), lookAt(path)]
    // Log and index are made when they are first needed.
    if (before === undefined) opened.set(path, found)
    return before !== undefined && (found?.ino !== before.ino || found.dev !== before.dev)
  }
  return () => {
    const changed = [file, index, log].find(isChanged)
    if (changed === undefined) return
    const isOursAlone = lookAt(log) === undefined && (!isChanged(index) || lookAt(index) === undefined)
    if (changed !== file && isOursAlone) save()
    const remedy =
      changed === file ? 'bring it back, then restart' : 'restart all processes that use the inbox'
    throw new StoreError('inbox-unavailable', `${changed} was deleted or replaced while in use: ${remedy}`)
  }
}

const lookAt = (path: string): BigIntStats | undefined =>
  statSync(path, { bigint: true, throwIfNoEntry: false })
