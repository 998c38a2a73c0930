import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { experiments } from '../src/experiments/index.ts'

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))

/** Minutes, of which it takes one or two on an idle machine. */
const LIMIT_MS = 900_000

test('every experiment runs, and every rival accepts what is sent', { timeout: LIMIT_MS }, async () => {
  const out = await mkdtemp(join(tmpdir(), 'kyc-bench-results-'))
  await promisify(execFile)(process.execPath, [main, '--quick', '--out', out])
  for (const { name } of experiments) {
    const { measured, tables } = JSON.parse(await readFile(join(out, `${name}.json`), 'utf8'))
    expect(tables.length, name).toBeGreaterThan(0)
    for (const { label, rounds } of measured) {
      for (const { load, used } of rounds) {
        expect(load.accepted + used.handled, `${name}: ${label}`).toBeGreaterThan(0)
      }
    }
  }
  await rm(out, { recursive: true })
})
