import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const run = async (file: string, ...args: string[]): Promise<string> => {
  const path = fileURLToPath(new URL(`../src/${file}`, import.meta.url))
  const options = ['--conditions=@kyc-webhooks/source', path, ...args]
  return (await promisify(execFile)(process.execPath, options)).stdout
}

test('the rivals on Postgres are measured in turns, and all answer 200', async () => {
  const short = ['--rounds', '1', '--seconds', '1', '--warmup', '0.2', '--signed', '8000']
  const output = await run('postgres.ts', ...short, '--connections', '8', '--commit-delay', '0')
  const row = output.trimEnd().split('\n').at(-1) ?? ''
  const [commit, connections, ...cells] = row
    .split('|')
    .map((cell) => cell.trim())
    .slice(1)
  expect([commit, connections]).toEqual(["this disk's time", '8'])
  for (const rate of cells.slice(0, 3)) expect(Number(rate.replace('/s', ''))).toBeGreaterThan(10)
  expect(cells[6]).toBe('0')
})

test('what one Postgres carries is measured at each size', async () => {
  const output = await run('capacity.ts', '--stored', '0,4000', '--events', '400', '--concurrency', '16')
  expect(output.match(/recorded +[\d,]+ a second/g)).toHaveLength(2)
  expect(output.match(/handled +[\d,]+ a second, 16 at once/g)).toHaveLength(2)
  expect(output.match(/\d+ bytes an event in (seen|delivery|event)/g)).toHaveLength(6)
})
