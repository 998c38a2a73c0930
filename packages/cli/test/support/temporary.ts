import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** Has something done when it is over: a test, or a file of tests. */
export type AtEnd = (undo: () => void | Promise<void>) => void

/** A directory of its own, removed when it is over. */
export function temporaryDirectory(atEnd: AtEnd = onTestFinished): string {
  const directory = mkdtempSync(join(tmpdir(), 'kyc-webhooks-cli-'))
  atEnd(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}
