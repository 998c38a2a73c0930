import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

const fences = fileURLToPath(new URL('../../.fences/', import.meta.url))

/** A directory in which modules find the packages of the project; gone when the test is over. */
export function scratch(): string {
  mkdirSync(fences, { recursive: true })
  const directory = mkdtempSync(fences)
  onTestFinished(() => rmSync(directory, { recursive: true }))
  return directory
}
