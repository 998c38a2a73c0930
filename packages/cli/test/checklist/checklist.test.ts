import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { kyc, kycJson } from '../support/cli.ts'
import { listen } from '../support/listen.ts'
import { temporaryDirectory } from '../support/temporary.ts'
import { handWritten } from './support/hand-written.ts'

const command = (provider: string, url: URL, ...more: string[]) => [
  ...['checklist', '--provider', provider, '--url', url.href, '--rate', '5'],
  ...more,
]

test('a sound receiver: exit code 0, and lines for people', async () => {
  const { url, probe } = await handWritten('uip')
  const ran = await kyc(command('uip', url, '--probe', probe.href))
  expect(ran).toMatchObject({ code: 0, stderr: expect.not.stringContaining('kyc-webhooks:') })
  expect(ran.stdout).toContain(`The checklist of UIP, against ${url.href}\n`)
  expect(ran.stdout).toMatch(/^ {2}pass {7}raw-body: The signature is checked/m)
  expect(ran.stdout).toMatch(/\nNo point fails \(1 not shown\)\n$/)
})

test('a failure: exit code 1, with what was sent, what came back, why it matters and how to mend it', async () => {
  const { url } = await handWritten('uip', 'signs-parsed-body')
  const { code, stdout } = await kyc(command('uip', url, '--only', 'raw-body'))
  expect(code).toBe(1)
  expect(stdout).toMatch(/^ {2}fail {7}raw-body/m)
  expect(stdout).toMatch(/asked: {2}Webhooks, Signature Verification Algorithm: "Calculate HMAC/)
  expect(stdout).toMatch(
    /sent: {3}POST: with line breaks .*, \d+ bytes; headers Content-Type, X-UIP-Signature\n/,
  )
  expect(stdout).toMatch(/came: {3}401 in \d+ ms, "Invalid signature"; wanted 2xx\n/)
  expect(stdout).toContain('(1 more, as wanted: --verbose tells them)')
  expect(stdout).toMatch(/why: {4}JSON that is parsed[\s\S]*mend: {3}Hash the bytes/)
  expect(stdout).toContain('1 of 1 points fails')
})

test('a genuine delivery that is refused, or meets nobody, has causes that can be', async () => {
  const { url } = await listen(401)
  const accepted = ['--only', 'accepted']
  const refused = await kyc(command('press', new URL(url), ...accepted))
  expect(refused.stdout).toMatch(/mend: {3}Compare the secret.*leaves bodies of this content type alone/)
  const nobody = await kyc(command('press', new URL('http://127.0.0.1:1/'), ...accepted))
  expect(nobody.stdout).toMatch(/mend: {3}See that the receiver runs/)
})

test.each([
  [
    'answers by another protocol',
    'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n',
  ],
  ['sends a head without end', `HTTP/1.1 200 OK\r\n${'X: x\r\n'.repeat(20_000)}`],
])('a receiver that %s: a report, and exit code 1', async (_, reply) => {
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', () => socket.write(reply))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
  const { code, values } = await kycJson(command('press', url, '--only', 'accepted,post-only'))
  expect({ code, points: values[0].points }).toMatchObject({
    code: 1,
    points: [
      { id: 'accepted', status: 'fail' },
      { id: 'post-only', status: 'not-shown' },
    ],
  })
})

test('--json prints the whole report, --junit and --html write it', async () => {
  const { url, probe } = await handWritten('press', 'no-stale-check')
  const folder = temporaryDirectory()
  const [junit, html] = [join(folder, 'report.xml'), join(folder, 'report.html')]
  const args = command('press', url, '--probe', probe.href, '--junit', junit, '--html', html)
  const { code, values } = await kycJson(args)
  expect(code).toBe(1)
  expect(values).toMatchObject([
    {
      provider: 'press',
      url: url.href,
      verdict: 'fail',
      counts: { fail: 1, 'not-shown': 2 },
      version: '0.1.0',
    },
  ])
  const failed = values[0].points.find(({ status }: { status: string }) => status === 'fail')
  expect(failed).toMatchObject({ id: 'stale-timestamp', why: expect.any(String), mend: expect.any(String) })
  expect(failed.exchanges).toMatchObject([
    { sent: 'signed four minutes ago', asWanted: true, status: 200 },
    { sent: 'signed five and a half minutes ago', asWanted: false, wanted: '4xx', status: 200 },
    { sent: 'signed five and a half minutes ahead of time', asWanted: false, status: 200 },
    { sent: 'signed ten minutes ago', asWanted: false, status: 200 },
    { sent: 'signed ten minutes ahead of time', asWanted: false, status: 200 },
    { sent: 'a timestamp that is no number', asWanted: false, status: 200 },
    { sent: 'without a timestamp', asWanted: true, status: 401 },
  ])
  expect(readFileSync(junit, 'utf8')).toContain('type="stale-timestamp"')
  expect(readFileSync(html, 'utf8')).toMatch(/1 of \d+ points fails \(1 with a warning, 2 not shown\)/)
})

test('--list names the points of a provider, and needs neither an address nor a secret', async () => {
  const env = { PRESS_WEBHOOK_SECRET: undefined, UIP_WEBHOOK_SECRET: undefined }
  const press = await kycJson(['checklist', '--provider', 'press', '--list'], { env })
  expect(press.values.map(({ id }) => id)).toContain('cloud-event')
  const ids = async (...more: string[]) => {
    const { values } = await kycJson(['checklist', '--provider', 'uip', '--list', ...more], { env })
    return values.map(({ id }) => id)
  }
  expect(await ids()).not.toContain('stale-timestamp')
  expect(await ids('--scheme', 'timestamped')).toContain('stale-timestamp')
})

test('--only sends what these points need, and nothing else', async () => {
  const { url, arrived } = await listen(401)
  const { code, values } = await kycJson(command('press', new URL(url), '--only', 'bad-signature'))
  expect(code).toBe(0)
  expect(values[0].points).toMatchObject([{ id: 'bad-signature' }])
  expect(arrived).toHaveLength(values[0].points[0].exchanges.length)
})

test('UIP, session API: sound or not, by the scheme that was asked for', async () => {
  const running = await handWritten('uip')
  const args = command('uip', running.url, '--scheme', 'timestamped', '--only', 'accepted')
  expect(await kyc(args)).toMatchObject({ code: 1, stdout: expect.stringContaining('answered 401') })
})

test.each([
  [['--provider', 'press'], 'give --url'],
  [['--url', 'http://127.0.0.1:1/'], '--provider'],
  [['--provider', 'press', '--url', 'http://127.0.0.1:1/', '--only', 'nothing'], 'there is no point nothing'],
  [['--provider', 'press', '--url', 'http://127.0.0.1:1/', '--rate', '0'], 'above 0'],
  [['--provider', 'press', '--url', 'http://127.0.0.1:1/', '--html', '/no/such/folder/a.html'], 'ENOENT'],
  [['--provider', 'press', '--url', 'http://127.0.0.1:1/', '--probe', 'http://127.0.0.1:1/'], 'the probe'],
  [['--provider', 'uip', '--url', 'http://127.0.0.1:1/', '--algorithm', 'sha512'], 'advance-ai alone'],
  [
    ['--provider', 'uip', '--url', 'http://127.0.0.1:1/', '--other-algorithm-url', 'http://127.0.0.1:1/'],
    'advance-ai alone',
  ],
])('%j is wrong usage', async (args, message) => {
  const ran = await kyc(['checklist', ...args])
  expect(ran).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(message) })
})

test('a probe that does not keep its contract is told before anything is sent', async () => {
  const { url, arrived } = await listen(200)
  const { probe } = await handWritten('press')
  const bad = new URL('/other', probe)
  const ran = await kyc(command('press', new URL(url), '--probe', bad.href))
  expect(ran).toMatchObject({ code: 2, stderr: expect.stringContaining('"recorded": n') })
  expect(arrived).toHaveLength(0)
})

test('no secret: wrong usage, and no report', async () => {
  const file = join(temporaryDirectory(), 'report.html')
  const { url } = await handWritten('press')
  const ran = await kyc(command('press', url, '--html', file), { env: { PRESS_WEBHOOK_SECRET: undefined } })
  expect(ran).toMatchObject({ code: 2, stderr: expect.stringContaining('PRESS_WEBHOOK_SECRET') })
  expect(existsSync(file)).toBe(false)
})
