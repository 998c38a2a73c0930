import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createServer as createSecureServer, Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { connect, type SecureVersion } from 'node:tls'
import { memoryInbox } from '@kyc-webhooks/core'
import {
  freePort,
  installed,
  providers,
  secrets,
  secretsEnvironment,
  startServer,
  temporaryFolder,
} from '@kyc-webhooks/example-harness'
import { pressEvents, uipSimulator } from '@kyc-webhooks/simulator'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { buildApp } from '../src/app.ts'

let folder: Awaited<ReturnType<typeof temporaryFolder>>
let certificate: { cert: Buffer; key: Buffer }

/** `src/main.ts` in a process of its own. */
async function start(): Promise<number> {
  const port = await freePort()
  const server = await startServer({
    entry: new URL('../src/main.ts', import.meta.url),
    port,
    cwd: folder.path,
    env: secretsEnvironment,
  })
  onTestFinished(async () => expect(await server.stop()).toBe(0))
  return port
}

/** The TLS version that is agreed on. Rejects when there is none. */
async function handshake(port: number, version: SecureVersion): Promise<string | null> {
  const versions = { minVersion: version, maxVersion: version }
  const socket = connect({ port, host: '127.0.0.1', ca: certificate.cert, ...versions })
  try {
    await once(socket, 'secureConnect')
    return socket.getProtocol()
  } finally {
    socket.destroy()
  }
}

const openssl = installed('openssl', 'version')

describe.skipIf(!openssl.found)(`examples/https${openssl.remark}`, () => {
  beforeAll(async () => {
    folder = await temporaryFolder()
    const [certFile, keyFile] = [join(folder.path, 'fullchain.pem'), join(folder.path, 'privkey.pem')]
    const kind = 'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1'.split(' ')
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1']
    execFileSync('openssl', [...kind, ...subject, '-out', certFile, '-keyout', keyFile], { stdio: 'pipe' })
    certificate = { cert: readFileSync(certFile), key: readFileSync(keyFile) }
  })
  afterAll(() => folder.remove())

  test('speaks TLS 1.3 and refuses TLS 1.2', async () => {
    const port = await start()
    expect(await handshake(port, 'TLSv1.3')).toBe('TLSv1.3')
    await expect(handshake(port, 'TLSv1.2')).rejects.toThrow(/protocol version/)
  })

  test('takes a delivery over TLS 1.3', async () => {
    const { press } = providers(`https://127.0.0.1:${await start()}`, { ca: certificate.cert })
    expect(await press.deliver(pressEvents().envelope())).toMatchObject({ outcome: 'accepted' })
  })

  test.each([
    ['over TLS 1.2', () => createSecureServer({ ...certificate, maxVersion: 'TLSv1.2' })],
    ['over plain HTTP', () => createServer()],
  ])('refuses what comes %s, should another server of the application let it in', async (_, create) => {
    const inbox = memoryInbox()
    const { app, close } = buildApp({ secret: secrets.press, onEvent: () => {}, inbox, logger: false })
    const server = create().on('request', app).listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(async () => {
      server.close()
      await close()
      await inbox.close()
    })
    const { port } = server.address() as AddressInfo
    const url = `${server instanceof Server ? 'https' : 'http'}://127.0.0.1:${port}`
    // PRESS itself would not speak TLS 1.2: UIP, which would, carries what PRESS signed.
    const courier = uipSimulator({ url: `${url}/webhooks/press`, secret: secrets.uip, ca: certificate.cert })
    const reply = await courier.send(providers(url).press.prepare(pressEvents().envelope()))
    expect(reply).toMatchObject({ status: 403, replyBody: expect.stringContaining('transport-not-secure') })
  })
})
