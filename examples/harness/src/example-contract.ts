import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  type AdvanceAiEvent,
  type Handler,
  type Inbox,
  memoryInbox,
  type PressEvent,
  type UipEvent,
} from '@kyc-webhooks/core'
import { advanceAiEvents, type Draft, pressEvents, type Simulator, uipEvents } from '@kyc-webhooks/simulator'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { freePort } from './free-port.ts'
import { providers, secrets, secretsEnvironment } from './providers.ts'
import { startServer } from './server-process.ts'
import { temporaryFolder } from './temporary-folder.ts'

/** The options that the examples' `buildApp` have in common. */
export interface CommonAppOptions {
  secrets: typeof secrets
  onEvent: Handler<PressEvent | UipEvent | AdvanceAiEvent>
  inbox: Inbox
  logger: false
}

export interface Example {
  /** `src/main.ts`. */
  main: URL
  /** Builds the application and gives its server, which does not listen yet, and what closes the webhooks. */
  serve: (options: CommonAppOptions) => Promise<{ server: Server; close: () => Promise<unknown> }>
}

/** What every example for three providers on one port does, built in process and run as a process. */
export function exampleContract({ main, serve }: Example): void {
  /** The application on a free port, and the types of the events that its handler got. */
  async function start(): Promise<{ url: string; handled: string[] }> {
    const handled: string[] = []
    const inbox = memoryInbox()
    const onEvent = ({ provider, type }: { provider: string; type: string }) =>
      handled.push(`${provider} ${type}`)
    const { server, close } = await serve({ secrets, onEvent, inbox, logger: false })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(async () => {
      server.close()
      await close()
      await inbox.close()
    })
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, handled }
  }

  describe('buildApp', () => {
    test('hands each event of three providers to the handler, once, however often it is delivered', async () => {
      const { url, handled } = await start()
      expect(await sendAll(url)).toEqual([200, 200, 200])
      expect(await sendAll(url)).toEqual([200, 200, 200])
      await vi.waitFor(() => expect(handled).toHaveLength(5))
      expect(handled.sort()).toEqual([
        'advance-ai AML_OGS_UPDATE',
        'press ae.uaekyc.icp.immigration_entry.v1',
        'press ae.uaekyc.icp.immigration_entry.v1',
        'press ae.uaekyc.icp.new_id.v1',
        'uip identify',
      ])
    })

    test('refuses forgeries, which reach no handler', async () => {
      const { url, handled } = await start()
      expect(await sendAll(url, 'altered-body')).toEqual([401, 401, 401])
      expect(await sendAll(url)).toEqual([200, 200, 200])
      await vi.waitFor(() => expect(handled).toHaveLength(5))
    })

    test('leaves the other routes of the application alone', async () => {
      const { url } = await start()
      const reply = await fetch(`${url}/health`)
      expect([reply.status, await reply.json()]).toEqual([200, { status: 'ok' }])
      expect((await fetch(`${url}/webhooks/nobody`, { method: 'POST' })).status).toBe(404)
    })
  })

  describe('main.ts', () => {
    test('listens, ends at SIGTERM with code 0, and knows after a restart what it was sent before', async () => {
      const folder = await temporaryFolder()
      onTestFinished(folder.remove)
      const port = await freePort()
      const written: string[] = []
      const options = { entry: main, port, cwd: folder.path, env: secretsEnvironment }
      for (const _ of ['first', 'second']) {
        const server = await startServer({ ...options, onLine: (line) => written.push(line) })
        onTestFinished(server.kill)
        expect(await sendAll(`http://127.0.0.1:${port}`)).toEqual([200, 200, 200])
        expect(await server.stop()).toBe(0)
      }
      const outcomes = written
        .filter((line) => line.includes('outcome'))
        .map((line) => JSON.parse(line).outcome)
      expect(outcomes).toEqual([...Array(3).fill('recorded'), ...Array(3).fill('duplicate')])
    })

    test('does not start without a secret', async () => {
      const folder = await temporaryFolder()
      onTestFinished(folder.remove)
      const env = { ...secretsEnvironment, UIP_WEBHOOK_SECRET: '' }
      const options = { entry: main, port: await freePort(), cwd: folder.path, env }
      await expect(startServer(options)).rejects.toThrow('secret-missing')
    })
  })
}

/** The same three deliveries each time. Resolves to the statuses of the replies. */
async function sendAll(url: string, flaw?: 'altered-body'): Promise<(number | undefined)[]> {
  const { press, uip, advanceAi } = providers(url)
  const deliveries: [Simulator, Draft][] = [
    [press, pressEvents().envelope({ IMMIGRATION_ENTRY: 2, NEW_ID: 1 })],
    [uip, uipEvents().of('identify')],
    [advanceAi, advanceAiEvents().of('AML_OGS_UPDATE')],
  ]
  const statuses: (number | undefined)[] = []
  for (const [simulator, draft] of deliveries) {
    const { status } = await simulator.send(simulator.prepare(draft, { flaw }))
    statuses.push(status)
  }
  return statuses
}
