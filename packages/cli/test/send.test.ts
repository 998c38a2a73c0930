import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { providerOf } from '../src/providers.ts'
import { verify } from '../src/verify/verify.ts'
import { kyc, kycJson } from './support/cli.ts'
import { type Arrived, listen } from './support/listen.ts'
import { secrets } from './support/secrets.ts'
import { temporaryDirectory } from './support/temporary.ts'

/** What core says to what arrived. */
async function verdict(name: keyof typeof secrets, { headers, body }: Arrived) {
  const rawHeaders = Object.entries(headers).flatMap(([key, value]) => [key, String(value)])
  const suspect = { provider: providerOf(name), secret: secrets[name], rawHeaders, body }
  return (await verify(suspect, Date.now())).code
}

test.each(['press', 'uip', 'advance-ai'] as const)(
  '%s: what is sent is authentic and fresh',
  async (name) => {
    const { url, arrived } = await listen(200)
    const ran = await kyc(['send', '--provider', name, '--time-limit', '20s', '--url', url, '--count', '2'])
    expect(ran).toMatchObject({ code: 0, stderr: '' })
    expect(ran.stdout.split('\n')).toMatchObject([
      expect.stringMatching(`^${name} \\S+: 200 in [\\d.]+ ms status 200$`),
      expect.stringMatching(`^${name} `),
      '2 of 2 accepted',
      '',
    ])
    for (const each of arrived) expect(await verdict(name, each)).toBe('accepted')
  },
)

test('the event, its form and the seed can be chosen', async () => {
  const { url, arrived } = await listen(200)
  const args = [
    'send',
    '--provider',
    'press',
    '--time-limit',
    '20s',
    '--url',
    url,
    '--event',
    'NEW_ID',
    '--variant',
    'structured',
    '--seed',
    '7',
  ]
  for (const _ of ['first', 'second']) expect(await kyc(args)).toMatchObject({ code: 0 })
  expect(arrived[0]?.body).toEqual(arrived[1]?.body)
  expect(JSON.parse(String(arrived[0]?.body))).toMatchObject({ type: 'ae.uaekyc.icp.new_id.v1' })
  const unknown = await kyc(['send', '--provider', 'press', '--url', url, '--event', 'NOTHING'])
  expect(unknown).toMatchObject({ code: 2, stderr: expect.stringContaining('there are IMMIGRATION_ENTRY') })
  expect(arrived).toHaveLength(2)
})

test('exactly the bytes of a file are signed and sent', async () => {
  const { url, arrived } = await listen(200)
  const file = join(temporaryDirectory(), 'body')
  const body = Buffer.from('{ "a" :\r\n 1.0 }\n\xff', 'latin1')
  writeFileSync(file, body)
  const args = ['send', '--provider', 'uip', '--url', url, '--body', file]
  expect(await kyc([...args, '--content-type', 'application/json; charset=utf-8'])).toMatchObject({ code: 0 })
  expect(arrived).toMatchObject([{ body, headers: { 'content-type': 'application/json; charset=utf-8' } }])
  expect(arrived[0] && (await verdict('uip', arrived[0]))).toBe('body-not-json')
  expect(await kyc([...args, '--event', 'identify'])).toMatchObject({ code: 2 })
})

test('a flaw is in it, and the reply can be what is wanted', async () => {
  const { url, arrived } = await listen(401)
  const args = ['send', '--provider', 'press', '--time-limit', '20s', '--url', url, '--flaw', 'bad-signature']
  expect(await kyc(args)).toMatchObject({ code: 1 })
  expect(await kyc([...args, '--expect', '401'])).toMatchObject({ code: 0 })
  expect(await kyc([...args, '--expect', '403'])).toMatchObject({ code: 1 })
  expect(arrived[0] && (await verdict('press', arrived[0]))).toBe('signature-mismatch')
  expect(await kyc(['send', '--provider', 'uip', '--url', url, '--flaw', 'reused-nonce'])).toMatchObject({
    code: 2,
  })
  expect(await kyc(['send', '--provider', 'uip', '--flaw', 'no-such'])).toMatchObject({ code: 2 })
  expect(arrived).toHaveLength(3)
})

test('what is in conflict goes after what it is in conflict with', async () => {
  const { url, arrived } = await listen(200)
  const ran = await kycJson(['send', '--provider', 'advance-ai', '--url', url, '--flaw', 'conflict'])
  expect(ran.values).toHaveLength(2)
  const [first, second] = arrived.map(({ body }) => JSON.parse(String(body)))
  expect(second).toEqual({ simulated_conflict: true, ...first })
})

test('a mishap happens on the way', async () => {
  const { url } = await listen(200)
  const ran = await kycJson(['send', '--provider', 'press', '--url', url, '--mishap', 'lost-reply'])
  expect(ran).toMatchObject({ code: 1, values: [{ error: 'lost-reply', verdict: 'failed' }] })
})

test('it is sent once, or as often as the provider would', async () => {
  const once = await listen(503)
  expect(await kycJson(['send', '--provider', 'uip', '--url', once.url])).toMatchObject({
    code: 1,
    values: [{ provider: 'uip', attempt: 1, status: 503, verdict: 'failed', reply: 'status 503' }],
  })
  expect(once.arrived).toHaveLength(1)
  const twice = await listen(503, 503, 200)
  const args = ['send', '--provider', 'uip', '--url', twice.url, '--retry', '--time-scale', '0.001']
  const { code, values } = await kycJson(args)
  expect(code).toBe(0)
  expect(values.map(({ attempt, status }) => [attempt, status])).toEqual([
    [1, 503],
    [2, 503],
    [3, 200],
  ])
  expect(await kyc(['send', '--provider', 'uip', '--time-scale', '1'])).toMatchObject({ code: 2 })
})

test('while it waits longer than a second, it says for what', async () => {
  const { url } = await listen(503, 200)
  const ran = await kyc(['send', '--provider', 'advance-ai', '--url', url, '--retry', '--time-scale', '0.4'])
  expect(ran).toMatchObject({ code: 0, stderr: 'sent again in 2 s\n' })
})

test('it waits no longer than the provider would, or than it is told to', async () => {
  const server = createServer(() => {}).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const late = (provider: string, ...more: string[]) =>
    kycJson(['send', '--provider', provider, '--url', url, ...more])
  expect((await late('press')).values).toMatchObject([
    { error: 'timeout', reason: expect.stringContaining('500 ms') },
  ])
  expect((await late('uip', '--time-limit', '30ms')).values).toMatchObject([
    { error: 'timeout', reason: expect.stringContaining('30 ms') },
  ])
})

test('a reply is shown without the secret and the query that it repeats', async () => {
  const server = createServer((req, res) => res.writeHead(401).end(`${req.url} ${secrets.press}`))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/?token=hush-hush`
  const args = ['send', '--provider', 'press', '--time-limit', '20s', '--url', url]
  expect((await kyc(args)).stdout).toContain('/?[the query] [the secret]')
  expect((await kycJson(args)).values).toMatchObject([{ reply: '/?[the query] [the secret]' }])
})

test('a body without an id is told without a gap', async () => {
  const { url } = await listen(400)
  const body = join(temporaryDirectory(), 'body.json')
  writeFileSync(body, 'no JSON')
  const ran = await kyc(['send', '--provider', 'press', '--url', url, '--body', body])
  expect(ran).toMatchObject({ code: 1, stdout: expect.stringMatching(/^press: 400 in /) })
})

test('nobody there is told, with code 1', async () => {
  const ran = await kyc(['send', '--provider', 'press', '--url', 'http://127.0.0.1:1/'])
  expect(ran).toMatchObject({ code: 1, stdout: expect.stringContaining('ECONNREFUSED') })
})

test.each([
  [['--url', 'ftp://x/'], 'http: or https:'],
  [['--url', 'http://user:hunter2@x/'], 'password'],
  [['--time-limit', '30d'], 'at most 24d'],
  [['--count', '0'], 'a whole number from 1'],
  [['--count', '1e3'], 'a whole number from 1'],
  [['--algorithm', 'sha512'], '--algorithm is for advance-ai alone'],
  [['--variant', 'batch'], '--variant goes with --event'],
])('%j is wrong usage', async (args, message) => {
  const ran = await kyc(['send', '--provider', 'press', ...args])
  expect(ran).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(message) })
})

test('a secret that the provider would not issue is wrong usage', async () => {
  const ran = await kyc(['send', '--provider', 'advance-ai'], {
    env: { ADVANCE_AI_WEBHOOK_SECRET: 'not*base64' },
  })
  expect(ran).toMatchObject({ code: 2, stderr: expect.stringContaining('Base64') })
})
