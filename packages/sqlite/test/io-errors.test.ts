import { execFileSync } from 'node:child_process'
import { constants } from 'node:os'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { canShim, createIoShim } from '../../testing/src/io-shim.ts'
import { temporaryDirectory } from './support/stores.ts'

const CHILD = fileURLToPath(new URL('./support/io-child.ts', import.meta.url))

/** Fewer calls than opening, recording, starting and settling take: a sweep that ended early would say nothing. */
const LEAST = { writes: 50, syncs: 8 }

test.runIf(canShim).each([
  ['writes', 1, 'EIO'],
  ['syncs', 2, 'EIO'],
] as const)(
  'when the n-th of its %s fails (%s, %s), for every n, what was recorded is there',
  { timeout: 300_000 },
  (calls, kinds, error) => {
    const directory = temporaryDirectory()
    const file = `${directory}/inbox.db`
    const { env } = createIoShim(directory, file)
    const args = [CHILD, `${directory}/io-control`, file, String(kinds), String(constants.errno[error])]
    const output = execFileSync(process.execPath, ['--conditions=@kyc-webhooks/source', ...args], {
      env: { ...process.env, ...env },
    })
    const runs = output
      .toString()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { n: number; wrong: string[] })
    expect(runs.filter(({ wrong }) => wrong.length > 0)).toEqual([])
    expect(runs.length).toBeGreaterThan(LEAST[calls])
  },
)
