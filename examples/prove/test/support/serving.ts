import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import {
  freePort,
  type Providers,
  providers,
  readJsonLines,
  temporaryFolder,
} from '@kyc-webhooks/example-harness'
import { createIoShim, type IoShim } from '@kyc-webhooks/testing/io-shim'
import { onTestFinished } from 'vitest'
import { startVictim } from '../../src/victim.ts'

/** A server whose disk can be made to fail, and the providers that deliver to it. */
export interface Serving extends Providers {
  shim: IoShim
  /** Ids of the events that its handler finished, in order. */
  handled(): string[]
}

export async function serve(env: Readonly<Record<string, string>> = {}): Promise<Serving> {
  const folder = await temporaryFolder()
  const [inbox, journal] = [join(folder.path, 'kyc-webhooks.db'), join(folder.path, 'events.jsonl')]
  const shim = createIoShim(folder.path, inbox)
  const port = await freePort()
  const victim = startVictim({ port, inbox, journal, env: { ...env, ...shim.env } })
  onTestFinished(async () => {
    await victim.kill()
    await folder.remove()
  })
  while (!(await accepts(port))) await delay(20)
  return {
    // Sent once: what becomes of it is what the test is about.
    ...providers(`http://127.0.0.1:${port}`, { retrySchedule: [] }),
    shim,
    handled: () => readJsonLines<{ id: string }>(journal).map(({ id }) => id),
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.on('connect', () => resolve(true)).on('error', () => resolve(false))
    socket.on('connect', () => socket.destroy())
  })
}
