import { type BigIntStats, statSync } from 'node:fs'
import { StoreError } from './failure.ts'

/**
 * Returns a check that the file at this path, and its log, are still those that are open. A connection goes on writing to
 * files that were deleted or replaced, and what it commits is gone with the process.
 *
 * @param save called when the log is gone: what was committed is in nobody's hands but this connection's
 */
export function stillThere(file: string, save: () => void): () => void {
  const log = `${file}-wal`
  const openedFile = lookAt(file)
  // Made when it is first needed.
  let openedLog = lookAt(log)
  return () => {
    if (!isSame(lookAt(file), openedFile)) throw gone(`${file} was`)
    const found = lookAt(log)
    openedLog ??= found
    if (isSame(found, openedLog)) return
    if (found === undefined) save()
    throw gone(`${log} was`)
  }
}

const lookAt = (path: string): BigIntStats | undefined =>
  statSync(path, { bigint: true, throwIfNoEntry: false })

const isSame = (found: BigIntStats | undefined, opened: BigIntStats | undefined): boolean =>
  found?.ino === opened?.ino && found?.dev === opened?.dev

const gone = (what: string): StoreError =>
  new StoreError('inbox-unavailable', `${what} deleted or replaced while in use: bring it back, then restart`)
