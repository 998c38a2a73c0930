import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { installed } from '@kyc-webhooks/example-harness'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { invitation } from '../src/invitation.ts'
import { type Stage, setStage } from '../src/stage.ts'

const run = promisify(execFile)
const root = fileURLToPath(new URL('../../..', import.meta.url))
const env = { ...process.env, NODE_OPTIONS: '--conditions=@kyc-webhooks/source' }

let stage: Stage
let commands: string[]

beforeAll(async () => {
  stage = await setStage(new URL('../src/server.ts', import.meta.url), 0)
  commands = invitation(stage.port).filter((line) => line.startsWith('  '))
})
afterAll(() => stage.clear())

/** What a terminal would do with the pasted lines. */
async function paste(...lines: readonly string[]): Promise<string> {
  const { stdout } = await run('bash', ['-c', lines.join('\n')], { cwd: root, env })
  return stdout
}

const command = (part: string): string => commands.find((line) => line.includes(part)) ?? `missing: ${part}`

test('a good delivery is accepted', async () => {
  expect(await paste(command('send -- press'))).toMatch(/press \w+: 200 in .* ms {"status":"accepted"}/)
  expect(await stage.witness.next()).toMatchObject({ provider: 'press', outcome: 'recorded' })
})

test('a forgery is refused', async () => {
  expect(await paste(command('--flaw bad-signature'))).toMatch(/uip \w+: 401 in .* ms .*signature-mismatch/)
  expect(await stage.witness.next()).toMatchObject({ provider: 'uip', code: 'signature-mismatch' })
})

test('a conflict follows the delivery that it is one with', async () => {
  expect((await paste(command('--flaw conflict'))).match(/: 200 in/g)).toHaveLength(2)
  expect(await stage.witness.next()).toMatchObject({ provider: 'advance-ai', outcome: 'recorded' })
  expect(await stage.witness.next()).toMatchObject({ provider: 'advance-ai', outcome: 'conflict' })
})

const curl = installed('curl', '--version')
const openssl = installed('openssl', 'version')

test.skipIf(!curl.found || !openssl.found)(
  `curl with a signature by openssl is accepted${curl.remark}${openssl.remark}`,
  async () => {
    const lines = commands.slice(commands.findIndex((line) => line.startsWith("  body='")))
    expect(await paste(...lines)).toMatch(/^HTTP\/1.1 200 OK.*OK$/s)
    expect(await stage.witness.next()).toMatchObject({ provider: 'uip', outcome: 'recorded' })
  },
)

test('what cannot be sent is said', async () => {
  const attempt = (line: string) => paste(line).catch(({ code, stderr }) => `${code} ${stderr}`)
  expect(await attempt('npm run send -- press NOTHING')).toMatch(
    /^1 .*no event NOTHING; there are IMMIGRATION_ENTRY/s,
  )
  expect(await attempt('npm run send -- uip --flaw stale-timestamp')).toMatch(/^1 .*no flaw stale-timestamp/s)
  expect(await attempt('npm run send -- nobody')).toMatch(/^1 .*no provider nobody/s)
  expect(await paste('npm run send -- --help')).toContain('BUSINESS_VERIFICATION_STATUS')
})
