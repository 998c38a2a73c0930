import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { runDemo } from '../src/demo.ts'
import { setStage } from '../src/stage.ts'
import { createPaper } from './support/paper.ts'

const run = promisify(execFile)
const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))
const conditions = '--conditions=@kyc-webhooks/source'

test('everything goes as expected, and the output fits on a terminal', { timeout: 60_000 }, async () => {
  const { stdout } = await run(process.execPath, [conditions, main, '--once', '--port', '0'])
  const lines = stdout.split('\n')
  expect(lines.filter((line) => line.startsWith('✓'))).toHaveLength(37)
  expect(stdout).not.toContain('✗')
  expect(stdout).not.toContain('\x1b')
  expect(Math.max(...lines.slice(2).map((line) => line.length))).toBeLessThanOrEqual(100)
  expect(stdout).toMatch(/Handled +40 events of 40 acknowledged/)
  expect(stdout).toMatch(/Lost +0/)
})

test('a server that acknowledges and does nothing is found out', { timeout: 60_000 }, async () => {
  const stage = await setStage(new URL('./support/lossy.ts', import.meta.url), 0)
  onTestFinished(() => stage.clear())
  const paper = createPaper()
  expect(await runDemo(stage, paper)).toBe(false)
  expect(paper.text).toMatch(/✗ press +IMMIGRATION_ENTRY +200 .* recorded +0 of 1/)
  expect(paper.text).toMatch(/✗ press +bad signature +200 /)
  expect(paper.text).toMatch(/Handled +0 events of 45 acknowledged/)
  expect(paper.text).toMatch(/Lost +45/)
})

test('--help says what it does, and does nothing', async () => {
  const { stdout } = await run(process.execPath, [conditions, main, '--help'])
  expect(stdout).toContain('--once')
})
