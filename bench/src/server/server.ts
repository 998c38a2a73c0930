import type { ServerOrder } from './order.ts'
import { handledSoFar } from './ours.ts'
import { rivals } from './rivals.ts'
import { UsageMeter } from './usage.ts'

// One rival, in a process of its own. Says `listening` with its port; told `begin` and `end`, it says what it used between.
// Told to `exit`, it does so in good order, so that a CPU profile is written.

const order = JSON.parse(String(process.argv[2])) as ServerOrder
const make = rivals[order.rival]
if (make === undefined) throw new Error(`no rival ${order.rival}`)
const server = await make(order)
server.listen({ port: 0, host: '127.0.0.1', backlog: 4_096 }, () => {
  const address = server.address()
  process.send?.({ type: 'listening', port: typeof address === 'object' ? address?.port : undefined })
})
const meter = new UsageMeter(handledSoFar, order.look)
process.on('message', async ({ type }: { type: string }) => {
  if (type === 'begin') await meter.begin()
  if (type === 'end') process.send?.({ type: 'used', usage: await meter.end() })
  if (type === 'exit') process.exit()
})
// Whoever started it is gone.
process.on('disconnect', () => process.exit())
