import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { sqliteInbox } from '@kyc-webhooks/sqlite'
import { expect, onTestFinished, test } from 'vitest'
import { kyc, type RunOptions, startKyc } from './support/cli.ts'
import { listen } from './support/listen.ts'
import { makeSchema } from './support/postgres-schema.ts'
import { temporaryDirectory } from './support/temporary.ts'

type Value = Record<string, never>

const PATIENTLY = ['--time-limit', '20s', '--retry', '--time-scale', '0.001']

/** Starts a receiver on a free port, and sends to it. */
async function serve(args: readonly string[], options: RunOptions = {}) {
  const running = startKyc(['serve', '--port', '0', '--json', ...args], options)
  onTestFinished(() => running.kill('SIGKILL'))
  const { urls } = JSON.parse(await running.line((line) => line.includes('listening')))
  const values = (): Value[] => running.lines().map((line) => JSON.parse(line))
  return {
    ...running,
    urls: urls as string[],
    values,
    // On a busy machine a reply may take longer than PRESS waits, and is a 503 then: sent again, as PRESS would.
    send: (...more: string[]) =>
      kyc(['send', '--provider', 'press', ...PATIENTLY, '--url', urls[0], ...more], options),
    seen: (kind: string) =>
      running.line((line) => JSON.parse(line).kind === kind).then((line) => JSON.parse(line)),
    async end() {
      running.kill('SIGINT')
      return running.ended
    },
  }
}

test('prints what arrives, without payloads, and ends at Ctrl-C', async () => {
  const server = await serve(['--provider', 'press'])
  expect(await server.send('--seed', '1')).toMatchObject({ code: 0 })
  expect(await server.send('--seed', '1')).toMatchObject({ code: 0 })
  expect(await server.send('--flaw', 'bad-signature', '--expect', '401')).toMatchObject({ code: 0 })
  expect(await server.seen('event')).toMatchObject({
    provider: 'press',
    type: 'ae.uaekyc.icp.immigration_entry.v1',
  })
  const { code, stdout, stderr } = await server.end()
  expect(code).toBe(0)
  const deliveries = server.values().filter(({ kind, status }) => kind === 'delivery' && status !== 503)
  expect(deliveries).toMatchObject([
    { provider: 'press', status: 200, outcome: 'recorded', events: 1 },
    { status: 200, outcome: 'duplicate' },
    { status: 401, code: 'signature-mismatch' },
  ])
  expect(stdout).not.toContain('uaekyc_id')
  expect(stderr).toBe('recorded in memory alone: gone when this ends\n')
})

test('several providers, each on its path, and payloads on demand', async () => {
  const server = await serve(['--provider', 'press', 'uip', '--payload'])
  expect(server.urls.map((url) => new URL(url).pathname)).toEqual(['/webhooks/press', '/webhooks/uip'])
  const [, url = ''] = server.urls
  expect(await kyc(['send', '--provider', 'uip', '--event', 'identify', '--url', url])).toMatchObject({
    code: 0,
  })
  expect(await server.seen('event')).toMatchObject({ event: { data: { uip_id: expect.any(String) } } })
  expect((await fetch(new URL('/elsewhere', url), { method: 'POST' })).status).toBe(404)
  expect(await server.end()).toMatchObject({ code: 0 })
})

test('lines for people', async () => {
  const running = startKyc(['serve', '--provider', 'press', '--port', '0'])
  onTestFinished(() => running.kill('SIGKILL'))
  const [, url = ''] =
    /^listening on (.+)$/.exec(await running.line((line) => line.startsWith('listening'))) ?? []
  await kyc(['send', '--provider', 'press', ...PATIENTLY, '--url', url])
  expect(await running.line((line) => line.includes('recorded'))).toMatch(
    /^\d\d:\d\d:\d\d press 200 recorded \S+ [\d.]+ ms$/,
  )
  expect(await running.line((line) => line.includes('event'))).toMatch(/press event ae\.uaekyc\S+ evt-\S+$/)
  running.kill('SIGTERM')
  expect(await running.ended).toMatchObject({ code: 0 })
})

test('an inbox on a file knows after a restart what it was sent before', async () => {
  const file = join(temporaryDirectory(), 'inbox.db')
  for (const outcome of ['recorded', 'duplicate']) {
    const server = await serve(['--provider', 'press', '--inbox', file])
    await server.send('--seed', '1')
    expect(await server.seen('delivery')).toMatchObject({ outcome })
    expect(await server.end()).toMatchObject({ code: 0, stderr: '' })
  }
  const inbox = sqliteInbox({ file })
  onTestFinished(() => inbox.close())
  // Not that of an application which has the file too.
  expect(await inbox.events()).toMatchObject([{ receiver: 'serve-press', state: 'done' }])
})

test('an inbox on Postgres, which is made', async () => {
  const { url, schema, count } = await makeSchema()
  const server = await serve(['--provider', 'press', '--inbox-env', 'D', '--schema', schema], {
    env: { D: url },
  })
  await server.send()
  expect(await server.seen('event')).toMatchObject({ provider: 'press' })
  expect(await server.end()).toMatchObject({ code: 0, stderr: '' })
  expect(await count()).toBe(2)
})

test('forwards the same bytes and headers until they are accepted, across a restart', async () => {
  const file = join(temporaryDirectory(), 'inbox.db')
  const behind = await listen(503, 302, 200)
  const front = await listen(200)
  const args = ['--provider', 'press', '--inbox', file, '--forward', behind.url]
  const first = await serve(args)
  await kyc([
    'send',
    '--provider',
    'press',
    '--time-limit',
    '20s',
    '--url',
    front.url,
    '--seed',
    '1',
    '--variant',
    'binary',
    '--event',
    'NEW_ID',
  ])
  await first.send('--seed', '1', '--variant', 'binary', '--event', 'NEW_ID')
  await expect.poll(() => behind.arrived.length, { timeout: 15_000 }).toBeGreaterThan(0)
  await first.end()
  const second = await serve(args)
  expect(await second.seen('forwarded')).toMatchObject({ provider: 'press', status: 200 })
  const ended = await second.end()
  expect(ended.code).toBe(0)
  expect(behind.arrived).toHaveLength(3)
  for (const { body, headers } of behind.arrived) {
    expect(body).toEqual(front.arrived[0]?.body)
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'x-webhook-signature': expect.stringMatching(/^[0-9a-f]{64}$/),
      'x-webhook-timestamp': expect.any(String),
      'x-webhook-id': front.arrived[0]?.headers['x-webhook-id'],
      'ce-type': 'ae.uaekyc.icp.new_id.v1',
    })
  }
})

test('a batch is forwarded once, whole; what is forged is not', async () => {
  const behind = await listen(200)
  const server = await serve(['--provider', 'press', '--forward', behind.url])
  await server.send('--flaw', 'altered-body', '--expect', '401')
  await server.send('--seed', '1', '--variant', 'batch', '--event', 'NEW_ID')
  await server.send('--seed', '1', '--variant', 'batch', '--event', 'NEW_ID')
  expect(await server.seen('forwarded')).toMatchObject({ status: 200 })
  await server.end()
  expect(behind.arrived).toHaveLength(1)
  expect(JSON.parse(String(behind.arrived[0]?.body))).toHaveLength(3)
})

test('captures are for their owner, and are what `verify` reads', async () => {
  const directory = join(temporaryDirectory(), 'captures')
  const server = await serve(['--provider', 'press', '--capture', directory])
  await server.send()
  await server.send('--flaw', 'missing-signature', '--expect', '401')
  await expect.poll(() => readdirSync(directory).length).toBe(2)
  await server.end()
  const [good = '', bad = ''] = readdirSync(directory)
    .toSorted()
    .map((name) => join(directory, name))
  expect([good, bad]).toMatchObject([
    expect.stringMatching(/-200\.http$/),
    expect.stringMatching(/-401\.http$/),
  ])
  expect(statSync(good).mode & 0o777).toBe(0o600)
  expect(readFileSync(good, 'latin1')).toMatch(/^POST \/webhooks\/press HTTP\/1\.1\r\n/)
  const verify = (file: string) => kyc(['verify', '--provider', 'press', '--request', file])
  expect(await verify(good)).toMatchObject({ code: 0 })
  expect(await verify(bad)).toMatchObject({ code: 1, stdout: expect.stringContaining('header-missing') })
})

test.each([
  [['--provider', 'press', 'uip', '--secret-env', 'A'], 'for one provider'],
  [['--provider', 'press', '--algorithm', 'sha512'], '--algorithm is for advance-ai alone'],
  [['--provider', 'press', '--port', '70000'], '65535'],
  [['--provider', 'nobody'], 'Allowed choices'],
  [[], '--provider'],
])('%j is wrong usage', async (args, message) => {
  expect(await kyc(['serve', ...args])).toMatchObject({ code: 2, stderr: expect.stringContaining(message) })
})

test('a port that is taken, and a secret that is none, end it at once', async () => {
  const { url } = await listen(200)
  const { port } = new URL(url)
  expect(await kyc(['serve', '--provider', 'press', '--port', port])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('EADDRINUSE'),
  })
  const file = join(temporaryDirectory(), 'inbox.db')
  expect(
    await kyc(['serve', '--provider', 'press', '--inbox', file], { env: { PRESS_WEBHOOK_SECRET: 'short' } }),
  ).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('secret-too-short'),
  })
})

test.each(['/proc/captures', '/no/such/folder/captures'])(
  '--capture %s cannot be made: wrong usage',
  async (directory) => {
    const ran = await kyc(['serve', '--provider', 'press', '--port', '0', '--capture', directory])
    expect(ran).toMatchObject({ code: 2, stderr: `kyc-webhooks: ${directory} cannot be made (ENOENT)\n` })
  },
)
