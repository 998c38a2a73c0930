import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createReceiver, memoryInbox, nodeRequest, sendReply } from '@kyc-webhooks/core'
import { PROVIDERS, providerOf } from '../../src/providers.ts'
import { secrets } from './secrets.ts'
import type { AtEnd } from './temporary.ts'

/** An application with a receiver for each provider, and a route that takes everything: `127.0.0.1:<port>`. */
export async function application(atEnd: AtEnd): Promise<{ host: string }> {
  const inbox = memoryInbox()
  const receivers = PROVIDERS.map((name) =>
    createReceiver(providerOf(name), {
      secret: secrets[name],
      inbox,
      logger: false,
      budgetMs: 60_000,
      onEvent: () => {},
    }),
  )
  await Promise.all(receivers.map(({ ready }) => ready))
  const server = createServer(async (req, res) => {
    const receiver = receivers.find(({ path }) => path === req.url)
    if (receiver === undefined) req.resume().on('end', () => res.end())
    else sendReply(res, await receiver.receive(nodeRequest(req, { remedy: 'none' })))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  atEnd(async () => {
    server.closeAllConnections()
    server.close()
    await Promise.all(receivers.map((receiver) => receiver.close()))
    await inbox.close()
  })
  return { host: `127.0.0.1:${(server.address() as AddressInfo).port}` }
}
