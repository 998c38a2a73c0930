import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

it('a reconciler that nobody closes does not keep the process alive', async () => {
  const script = fileURLToPath(new URL('idle-and-exit.ts', import.meta.url))
  const exit = promisify(execFile)(process.execPath, ['--conditions=@kyc-webhooks/source', script], {
    timeout: 10_000,
  })
  await expect(exit).resolves.toEqual({ stdout: 'polled\n', stderr: '' })
})
