import type { ServerOrder } from './order.ts'
import { handledSoFar } from './ours.ts'
import { rivals } from './rivals.ts'
import { UsageMeter } from './usage.ts'

// One rival, in a process of its own. Says `listening` with its port; told `begin` and `end`, it says what it used between.

const order = JSON.parse(String(process.argv[2])) as ServerOrder
const make = rivals[order.rival]
if (make === undefined) throw new Error(`no rival ${order.rival}`)
const server = await make(order)
server.listen({ port: 0, host: '127.0.0.1', backlog: 4_096 }, () => {
  const address = server.address()
  process.send?.({ type: 'listening', port: typeof address === 'object' ? address?.port : undefined })
})
const meter = new UsageMeter(handledSoFar)
process.on('message', ({ type }: { type: string }) => {
  if (type === 'begin') meter.begin()
  if (type === 'end') process.send?.({ type: 'used', usage: meter.end() })
})
// Whoever started it is gone.
process.on('disconnect', () => process.exit())
