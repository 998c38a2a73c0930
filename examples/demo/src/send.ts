import { randomInt } from 'node:crypto'
import { parseArgs } from 'node:util'
import { providers } from '@kyc-webhooks/example-harness'
import type { Draft, Flaw, Simulator } from '@kyc-webhooks/simulator'
import { draftsOf } from './drafts.ts'
import { DEFAULT_PORT } from './invitation.ts'
import { inMs } from './table.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    flaw: { type: 'string' },
    port: { type: 'string', default: String(DEFAULT_PORT) },
    help: { type: 'boolean', default: false },
  },
})
const { port, help } = values
const [provider, event] = positionals

const simulators: Simulator[] = Object.values(providers(`http://127.0.0.1:${port}`))
const drafts = draftsOf(randomInt(2 ** 32))

/** With every event and every flaw, from the simulator itself. */
function usage(): string {
  const list = (names: readonly string[] = []) => names.join(', ').replace(/(.{60,90}?,) /g, '$1\n    ')
  const events = simulators.map(({ provider }) => `  ${provider}\n    ${list(drafts[provider]?.names)}\n`)
  const flaws = new Set(simulators.flatMap((simulator) => simulator.flaws))
  return `npm run send -- <provider> [event] [--flaw <flaw>] [--port <port>]

Sends a delivery to the server of \`npm start\`: invented data, signed as the provider signs it, with one thing wrong on
demand. The port is ${DEFAULT_PORT} when none is given.

Providers and their events:
${events.join('')}
Flaws (not all can be with every provider):
    ${list([...flaws])}
`
}

async function send(simulator: Simulator, draft: Draft, flaw?: Flaw): Promise<void> {
  const { status, replyBody, error, durationMs } = await simulator.send(simulator.prepare(draft, { flaw }))
  console.log(
    `${simulator.provider} ${draft.id ?? ''}: ${status ?? error} in ${inMs(durationMs)} ms ${replyBody ?? ''}`,
  )
  if (status === undefined) throw new Error(`nobody answers on port ${port}: is \`npm start\` running?`)
}

async function sendAsTold(): Promise<void> {
  const simulator = simulators.find((each) => each.provider === provider)
  const source = drafts[provider ?? '']
  if (simulator === undefined || source === undefined)
    throw new RangeError(`no provider ${provider}; see --help`)
  const flaw = simulator.flaws.find((each) => each === values.flaw)
  if (flaw !== values.flaw) throw new RangeError(`no flaw ${values.flaw} with ${provider}; see --help`)
  const name = event ?? source.names[0] ?? ''
  const draft = source.of(name)
  // These are flaws only beside another delivery, which goes first.
  if (flaw === 'conflict' || flaw === 'reused-nonce') await send(simulator, draft)
  await send(simulator, flaw === 'reused-nonce' ? source.of(name) : draft, flaw)
}

if (help || provider === undefined) {
  process.stdout.write(usage())
} else {
  await sendAsTold().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error)
    process.exitCode = 1
  })
}
