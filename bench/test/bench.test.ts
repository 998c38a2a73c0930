import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { experiments } from '../src/experiments/index.ts'

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))

test('every experiment runs, and accepts what is sent', async () => {
  const out = await mkdtemp(join(tmpdir(), 'kyc-bench-results-'))
  await promisify(execFile)(process.execPath, [main, '--quick', '--out', out])
  for (const { name } of experiments) {
    const { measured, tables } = JSON.parse(await readFile(join(out, `${name}.json`), 'utf8'))
    expect(tables.length, name).toBeGreaterThan(0)
    for (const { label, rounds } of measured) {
      for (const { load } of rounds) expect(load.accepted, `${name}: ${label}`).toBeGreaterThan(0)
    }
  }
  await rm(out, { recursive: true })
})
