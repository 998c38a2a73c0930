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

test('every experiment runs, and every rival knows its deliveries', { timeout: LIMIT_MS }, async () => {
  const out = await mkdtemp(join(tmpdir(), 'kyc-bench-results-'))
  await promisify(execFile)(process.execPath, [main, '--quick', '--out', out])
  for (const { name } of experiments) {
    const { measured, tables } = JSON.parse(await readFile(join(out, `${name}.json`), 'utf8'))
    expect(tables.length, name).toBeGreaterThan(0)
    for (const { label, rounds } of measured) {
      for (const { load, used } of rounds) {
        const replies = load.accepted + load.refused
        expect(replies + used.handled, `${name}: ${label}`).toBeGreaterThan(0)
        // A busy machine may have ours answer 503. Whatever else is not 200, is a rival that no longer works.
        for (const status of Object.keys(load.statuses)) expect(['200', '503'], label).toContain(status)
      }
    }
  }
  await rm(out, { recursive: true })
})
