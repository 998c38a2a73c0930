import { execFile, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { temporaryFolder } from '@kyc-webhooks/example-harness'
import { expect, onTestFinished, test, vi } from 'vitest'
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

test('no server is left behind, not even by kill -9', { timeout: 60_000 }, async () => {
  const folder = await temporaryFolder()
  onTestFinished(folder.remove)
  const env = { ...process.env, TMPDIR: folder.path }
  const demo = spawn(process.execPath, [conditions, main, '--port', '0'], { env })
  let written = ''
  demo.stdout.setEncoding('utf8').on('data', (text) => {
    written += text
  })
  const server = () => Number(/process (\d+)/.exec(written)?.[1])
  await vi.waitUntil(() => server() > 0, { timeout: 30_000 })
  expect(isAlive(server())).toBe(true)
  demo.kill('SIGKILL')
  await vi.waitUntil(() => !isAlive(server()), { timeout: 5_000 })
})

test('--help says what it does, and does nothing', async () => {
  const { stdout } = await run(process.execPath, [conditions, main, '--help'])
  expect(stdout).toContain('--once')
})

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
