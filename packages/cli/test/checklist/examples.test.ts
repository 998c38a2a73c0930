import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { memoryInbox } from '@kyc-webhooks/core'
import { buildApp } from '@kyc-webhooks/example-express'
import {
  freePort,
  secrets,
  secretsEnvironment,
  startServer,
  temporaryFolder,
} from '@kyc-webhooks/example-harness'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { PROVIDERS, type ProviderName } from '../../src/providers.ts'
import { kycJson, startKyc } from '../support/cli.ts'

const env = secretsEnvironment

/** Points that took another course than to pass, with their status. */
async function exceptions(provider: ProviderName, origin: string, ...more: string[]): Promise<string[]> {
  const args = [
    'checklist',
    '--provider',
    provider,
    '--url',
    `${origin}/webhooks/${provider}`,
    '--rate',
    '10',
  ]
  const { code, stdout, stderr, values } = await kycJson([...args, ...more], { env })
  for (const secret of Object.values(env)) expect(stdout + stderr).not.toContain(secret)
  expect(code, stdout).toBe(0)
  return values[0].points
    .filter(({ status }: { status: string }) => status !== 'pass')
    .map(({ id, status }: { id: string; status: string }) => `${id}: ${status}`)
}

/** What http:// leaves out. */
const NO_TLS: Record<ProviderName, string[]> = {
  press: ['https: not-shown', 'tls-version: not-shown'],
  uip: ['https: not-shown'],
  'advance-ai': ['https: not-shown', 'tls-version: not-shown'],
}
const NO_PROBE: Record<ProviderName, string[]> = {
  press: ['duplicates: not-shown', 'recorded-first: not-shown', 'unsigned-id: not-shown'],
  uip: ['duplicates: not-shown', 'recorded-first: not-shown'],
  'advance-ai': ['duplicates: not-shown', 'recorded-first: not-shown'],
}

describe.each(['express', 'koa', 'fastify'])('examples/%s, as a process', (example) => {
  let origin: string
  let end = async (): Promise<unknown> => undefined

  beforeAll(async () => {
    const folder = await temporaryFolder()
    const port = await freePort()
    const entry = new URL(`../../../../examples/${example}/src/main.ts`, import.meta.url)
    const server = await startServer({ entry, port, cwd: folder.path, env })
    origin = `http://127.0.0.1:${port}`
    end = () => server.kill().then(folder.remove)
  }, 60_000)
  afterAll(() => end())

  // Tried again when something else on the machine got in the way of the 500 ms.
  test.each(PROVIDERS)('%s: all points pass', { retry: 3 }, async (provider) => {
    const oneAlgorithm = provider === 'advance-ai' ? ['both-algorithms: not-shown'] : []
    expect(await exceptions(provider, origin)).toEqual([
      ...NO_TLS[provider],
      ...oneAlgorithm,
      ...NO_PROBE[provider],
    ])
  })
})

/** The application of examples/express, with a probe beside it. */
async function probed(): Promise<{ origin: string; probe: string }> {
  const inbox = memoryInbox()
  const handled = new Map<string, number>()
  // With UIP, the event's name stands before `audit_id`.
  const bare = (id = '') => id.slice(id.indexOf(':') + 1)
  const { app, ready, close } = buildApp({
    ...{ secrets, inbox, logger: false },
    onEvent: (_event, { delivery }) => {
      const id = bare(delivery.id)
      handled.set(id, (handled.get(id) ?? 0) + 1)
    },
  })
  await ready
  app.get('/probe', async (request, response) => {
    const id = String(request.query.id)
    const events = await inbox.events({ limit: 10_000 })
    const recorded = events.filter(({ context }) => bare(context.id) === id).length
    response.json({ recorded, handled: handled.get(id) ?? 0 })
  })
  const server = createServer(app).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(async () => {
    server.close()
    await close()
    await inbox.close()
  })
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { origin, probe: `${origin}/probe` }
}

/** A receiver of ours, set up otherwise than the examples. */
async function serve(...args: string[]): Promise<string> {
  const running = startKyc(['serve', '--port', '0', '--json', '--provider', ...args], { env })
  onTestFinished(() => running.kill('SIGKILL'))
  return JSON.parse(await running.line((line) => line.includes('listening'))).urls[0]
}

test.each(PROVIDERS)('%s: with a probe, nothing but TLS is left out', { retry: 3 }, async (provider) => {
  const { origin, probe } = await probed()
  const other =
    provider === 'advance-ai'
      ? ['--other-algorithm-url', await serve('advance-ai', '--algorithm', 'sha512')]
      : []
  expect(await exceptions(provider, origin, '--probe', probe, ...other)).toEqual(NO_TLS[provider])
})

test('uip, session API: all points pass', { retry: 3 }, async () => {
  const { origin } = new URL(await serve('uip', '--scheme', 'timestamped'))
  expect(await exceptions('uip', origin, '--scheme', 'timestamped')).toEqual([...NO_TLS.uip, ...NO_PROBE.uip])
})
