import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

test('a closed receiver leaves nothing behind that keeps the process alive', async () => {
  const script = fileURLToPath(new URL('support/close-and-exit.ts', import.meta.url))
  // Shorter than the grace period, whose timer it was.
  const options = { timeout: 5_000 }
  const exit = promisify(execFile)(process.execPath, ['--conditions=@kyc-webhooks/source', script], options)
  await expect(exit).resolves.toEqual({ stdout: '', stderr: '' })
})
