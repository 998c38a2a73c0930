import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { memoryInbox } from '@kyc-webhooks/core'
import { freePort, secrets } from '@kyc-webhooks/example-harness'
import { pressEvents, pressSimulator } from '@kyc-webhooks/simulator'
import { vi } from 'vitest'
import { buildApp } from '../src/app.ts'

const secret = secrets.press

/** What Prometheus gets of a receiver that something of everything has happened to. */
export async function scraped(): Promise<string> {
  const inbox = memoryInbox()
  const metricsPort = await freePort()
  const { app, ready, close } = buildApp({
    secret,
    inbox,
    metricsPort,
    onEvent: ({ time }) => {
      if (time === undefined) throw new Error('no time')
    },
    logger: false,
  })
  await ready
  const server = app.listen(0, '127.0.0.1')
  await once(server, 'listening')
  try {
    const { port } = server.address() as AddressInfo
    let now = Date.now() - 10_000
    const url = `http://127.0.0.1:${port}/webhooks/press`
    const press = pressSimulator({ url, secret, now: () => now })
    const events = pressEvents({ seed: 1 })
    for (let n = 0; n < 3; n++) {
      now += 2_000
      await press.deliver(events.envelope())
    }
    await press.deliver(events.envelope(), { flaw: 'bad-signature' })
    await press.deliver(events.envelope(), { flaw: 'stale-timestamp' })
    await vi.waitUntil(async () => (await inbox.health()).depth === 0, { timeout: 5_000 })
    const response = await fetch(`http://127.0.0.1:${metricsPort}/metrics`)
    return await response.text()
  } finally {
    server.close()
    await close()
    await inbox.close()
  }
}
