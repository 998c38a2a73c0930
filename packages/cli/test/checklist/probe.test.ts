import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { probeAt } from '../../src/checklist/probe.ts'

test('a probe that never ends its reply is no probe, and fills no memory', async () => {
  let sent = 0
  const server = createServer((_, response) => {
    const more = () => {
      for (let goesOn = true; goesOn; sent++) goesOn = response.write(Buffer.alloc(65_536))
    }
    response.on('drain', more)
    more()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
  await expect(probeAt(url, undefined)('id')).rejects.toThrow('the probe answered 200, and not 200 with')
  expect(sent).toBeLessThan(1_000)
})
