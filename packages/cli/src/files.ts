import { readFileSync } from 'node:fs'
import { UsageError } from './exit.ts'

/** The bytes of a file that the user named. */
export function readInput(path: string): Buffer {
  try {
    return readFileSync(path)
  } catch (error) {
    throw new UsageError(`${path} cannot be read (${(error as NodeJS.ErrnoException).code})`)
  }
}
