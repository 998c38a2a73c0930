import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { expect, it } from 'vitest'

const root = new URL('..', import.meta.url)
const fences = [...readFileSync(new URL('README.md', root), 'utf8').matchAll(/```ts\n(.*?)```/gs)]
/** The rest is compiled, or is a copy of `your-receiver.test.ts`: `examples/docs` sees to it. */
const [quickStart = '', , flaws = ''] = fences.map(([, code]) => code)

/** Runs TypeScript as a user's program would, and gives what it prints. */
function run(code: string): string {
  const flags = ['--conditions=@kyc-webhooks/source', '--input-type=module-typescript', '--eval', code]
  return execFileSync(process.execPath, flags, { cwd: root, encoding: 'utf8' })
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

it('has a quick start that prints what it says', async () => {
  const said = [...quickStart.matchAll(/^console\.log.*\/\/ (.*)$/gm)].map(([, comment]) => comment)
  expect(said).toHaveLength(3)
  expect(
    run(quickStart.replaceAll('8787', String(await freePort())))
      .trim()
      .split('\n'),
  ).toEqual(said)
})

it('has an example of flaws that runs', () => {
  expect(run(flaws)).toMatch(/^bad-signature 4\n/)
})
