import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pressEvents, pressSimulator } from '@kyc-webhooks/simulator'
import { expect, onTestFinished, test, vi } from 'vitest'
import { documents } from './support/documents.ts'
import { type Fence, fencesOf } from './support/fences.ts'
import { scratch } from './support/scratch.ts'

const readme = documents.filter(({ path }) => path === 'README.md')
const quickStarts = readme.flatMap(fencesOf).filter(({ code }) => code.includes('listen('))
const secret = 'whsec_0123456789abcdef0123456789abcdef'

test('there is one for each framework', () => {
  const frameworks = quickStarts.map(({ code }) => /@kyc-webhooks\/(\w+)/.exec(code)?.[1])
  expect(frameworks).toEqual(['express', 'koa', 'fastify'])
})

test.each(quickStarts)(
  'the code on line $line receives a delivery, and a repetition of it',
  async (fence) => {
    const { port, output } = await run(fence)
    const url = `http://127.0.0.1:${port}/webhooks/press`
    // The first attempts come too early: nobody listens yet, or the inbox is not open.
    const press = pressSimulator({ url, secret, retrySchedule: Array(100).fill(50) })
    const draft = pressEvents().envelope()

    expect(await press.deliver(draft)).toMatchObject({ outcome: 'accepted' })
    const handled = /^ae\.uaekyc\.icp\.immigration_entry\.v1 evt-\S+$/gm
    await vi.waitFor(() => expect(output()).toMatch(handled), 5_000)

    expect((await press.deliver(draft)).attempts).toMatchObject([{ status: 200 }])
    await vi.waitFor(() => expect(output()).toContain('"outcome":"duplicate"'), 5_000)
    expect(output().match(handled)).toHaveLength(1)
  },
)

/** Runs the code as it stands, but for the port, in a process and a directory of its own. */
async function run({ code }: Fence): Promise<{ port: number; output: () => string }> {
  const port = await freePort()
  const module = join(scratch(), 'quick-start.ts')
  expect(code.match(/3000/g)).toHaveLength(1)
  writeFileSync(module, code.replace('3000', String(port)))
  const cwd = mkdtempSync(join(tmpdir(), 'quick-start-'))
  const child = spawn(process.execPath, ['--conditions=@kyc-webhooks/source', module], {
    cwd,
    env: { ...process.env, PRESS_WEBHOOK_SECRET: secret },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(async () => {
    child.kill()
    await once(child, 'exit')
    rmSync(cwd, { recursive: true })
  })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  return { port, output: () => output }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0)
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  return port
}
