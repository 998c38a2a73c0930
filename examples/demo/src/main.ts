import { parseArgs } from 'node:util'
import { runDemo } from './demo.ts'
import { DEFAULT_PORT, invitation } from './invitation.ts'
import { createScreen } from './screen.ts'
import { setStage } from './stage.ts'
import { watch } from './watch.ts'

const HELP = `npm start [-- options]

Starts the Express example with three providers on one port, lets the simulator deliver to it, kills it with kill -9 in
the middle, starts it again, and shows what becomes of each delivery. The server then goes on, for you to send more.
Ends with code 1 when something that was acknowledged was lost or something went otherwise than expected.

  --once         end after the mix
  --port <port>  where the server listens, if it is free (${DEFAULT_PORT})
  --help         this text
`

const { values } = parseArgs({
  options: {
    once: { type: 'boolean', default: false },
    port: { type: 'string', default: String(DEFAULT_PORT) },
    help: { type: 'boolean', default: false },
  },
})

async function run(): Promise<void> {
  const screen = createScreen(process.stdout)
  const stage = await setStage(new URL('./server.ts', import.meta.url), Number(values.port))
  const told = Promise.withResolvers<'told to end'>()
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => told.resolve('told to end'))
  // Nobody reads on: `npm start | head`.
  process.stdout.on('error', () => told.resolve('told to end'))
  try {
    screen.line()
    screen.line(
      `Express, three providers, ${stage.url}, process ${stage.server.pid}, inbox ${stage.inboxFile}`,
    )
    screen.line()
    const result = await Promise.race([runDemo(stage, screen), told.promise])
    process.exitCode = result === true ? 0 : 1
    if (values.once || result === 'told to end') return
    screen.line()
    for (const line of invitation(stage.port)) screen.line(line)
    await Promise.race([watch(stage, screen), told.promise])
  } finally {
    await stage.clear()
  }
}

if (values.help) process.stdout.write(HELP)
else {
  await run()
  // What was broken off is not waited for.
  process.exit()
}
