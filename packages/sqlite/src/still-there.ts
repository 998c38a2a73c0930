import { statSync } from 'node:fs'
import { StoreError } from './failure.ts'

/**
 * Returns a check that the file at this path is still the one that is open. A connection goes on writing to a file that was
 * deleted or replaced, and what it commits is gone with the process.
 */
export function stillThere(file: string): () => void {
  const opened = statSync(file, { bigint: true })
  return () => {
    const found = statSync(file, { bigint: true, throwIfNoEntry: false })
    if (found?.ino === opened.ino && found.dev === opened.dev) return
    throw new StoreError(
      'inbox-unavailable',
      `${file} was deleted or replaced while in use: bring it back, then restart`,
    )
  }
}
