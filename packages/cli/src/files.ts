import { readFileSync } from 'node:fs'
import { UsageError } from './exit.ts'

/** The bytes of a file that the user named. @param told what messages call it, should the path not be quoted */
export function readInput(path: string, told: string = path): Buffer {
  try {
    return readFileSync(path)
  } catch (error) {
    throw new UsageError(`${told} cannot be read (${(error as NodeJS.ErrnoException).code})`)
  }
}
