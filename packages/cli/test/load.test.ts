import { expect, test, vi } from 'vitest'
import { kyc, kycJson, startKyc } from './support/cli.ts'
import { listen } from './support/listen.ts'

const load = (url: string, ...args: string[]) => ['load', '--provider', 'uip', '--url', url, ...args]

test('a rate for a time, and what came of it', async () => {
  const { url, arrived } = await listen(200)
  const { code, values } = await kycJson(load(url, '--rate', '50', '--seconds', '1', '--event', 'sign'))
  expect(code).toBe(0)
  expect(values).toMatchObject([
    {
      provider: 'uip',
      rate: 50,
      sent: 50,
      accepted: 50,
      errors: 0,
      replies: { 200: 50 },
      failures: {},
    },
  ])
  expect(values[0].achievedRate).toBeLessThanOrEqual(50)
  const { p50Ms, p90Ms, p99Ms, maxMs } = values[0]
  expect([p50Ms, p90Ms, p99Ms, maxMs]).toEqual([p50Ms, p90Ms, p99Ms, maxMs].toSorted((a, b) => a - b))
  expect(arrived).toHaveLength(50)
  expect(new Set(arrived.map(({ body }) => JSON.parse(String(body)).event))).toEqual(new Set(['sign']))
})

test('without --json it is a table, and longer than a second it says how far it is', async () => {
  const { url } = await listen(200)
  const { code, stdout, stderr } = await kyc(load(url, '--rate', '20', '--seconds', '1.5'))
  expect(code).toBe(0)
  expect(stdout).toMatch(/^sent +30\n.*^replies +200: 30\n.*^p99 +[\d.]+ ms\n/ms)
  expect(stderr).toMatch(/^[\d.]+ s: \d+ sent, \d+ accepted, p50/)
})

test('limits make it a check', async () => {
  const { url } = await listen(200, 500)
  const args = load(url, '--rate', '10', '--seconds', '0.5')
  expect(await kyc([...args, '--max-errors', '5', '--max-p99', '10000'])).toMatchObject({ code: 0 })
  expect(await kyc([...args, '--max-errors', '4'])).toMatchObject({
    code: 1,
    stderr: 'kyc-webhooks: more than allowed: 5 errors\n',
  })
  expect(await kyc([...args, '--max-p99', '0'])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('a p99 of'),
  })
})

test('nothing accepted is a failure, and no reply is no good p99', async () => {
  const { url } = await listen(401)
  expect(await kyc(load(url, '--rate', '10', '--seconds', '0.5'))).toMatchObject({
    code: 1,
    stderr: 'kyc-webhooks: no delivery was accepted\n',
  })
  const dead = load('http://127.0.0.1:1/', '--rate', '10', '--seconds', '0.5', '--max-p99', '1000')
  expect(await kyc(dead)).toMatchObject({ code: 1, stderr: expect.stringContaining('no p99') })
  const { stderr } = await kyc(load('http://127.0.0.1:1/', '--rate', '20', '--seconds', '1.5'))
  expect(stderr).toMatch(/^[\d.]+ s: \d+ sent, 0 accepted, no reply yet\n/)
})

test('what does not listen is an error each time', async () => {
  const { code, values } = await kycJson([
    ...load('http://127.0.0.1:1/', '--rate', '10', '--seconds', '0.5'),
    '--max-errors',
    '0',
  ])
  expect(code).toBe(1)
  expect(values).toMatchObject([
    { sent: 5, errors: 5, replies: {}, failures: { ECONNREFUSED: 5 }, p50Ms: null, maxMs: null },
  ])
})

test.each([
  [['--rate', '0'], 'above 0'],
  [['--rate', 'fast'], 'a number'],
  [[], '--rate'],
  [['--rate', '1', '--event', 'nothing'], 'there are identify'],
])('%j is wrong usage', async (args, message) => {
  expect(await kyc(load('http://127.0.0.1:1/', ...args))).toMatchObject({
    code: 2,
    stderr: expect.stringContaining(message),
  })
})

test('a reply that does not come in time counts for as long as it was waited for', async () => {
  const { url } = await listen(0)
  const args = load(url, '--rate', '10', '--seconds', '0.5', '--time-limit', '300ms', '--max-p99', '299')
  const { code, stderr, values } = await kycJson(args)
  expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining('a p99 of') })
  expect(values[0].failures).toEqual({ timeout: 5 })
})

test('Ctrl-C ends it early, and tells what came until then', async () => {
  const { url, arrived } = await listen(200)
  const running = startKyc(load(url, '--rate', '20', '--seconds', '600', '--json'))
  await vi.waitUntil(() => arrived.length >= 10, { timeout: 15_000 })
  running.kill('SIGINT')
  const { code, stdout, stderr } = await running.ended
  expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining('interrupted') })
  const { sent, accepted, errors, achievedRate } = JSON.parse(stdout)
  expect(accepted).toBeGreaterThanOrEqual(9)
  expect(sent - accepted).toBeLessThanOrEqual(2)
  expect(errors).toBe(0)
  expect(achievedRate).toBeGreaterThan(1)
})
