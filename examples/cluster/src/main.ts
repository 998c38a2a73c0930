import { type Account, isGood } from './account.ts'
import { startCluster } from './cluster.ts'
import { introduction } from './introduction.ts'
import { run } from './run.ts'
import { createScreen, type Screen } from './screen.ts'
import { HELP, readSettings, type Settings } from './settings.ts'
import { summary } from './summary.ts'

/** What a shell is told. */
const EXIT = { good: 0, bad: 1, misused: 2 } as const

/** A run from the first process to the last. When it resolves or rejects, nothing is left of it. */
async function play(settings: Settings, screen: Screen, signal: AbortSignal): Promise<Account> {
  const onLine = (line: string) => void process.stderr.write(`${line}\n`)
  const cluster = await startCluster(settings.verbose ? { onLine } : {})
  try {
    for (const line of introduction(cluster)) screen.line(line)
    screen.line(
      `${settings.rate} deliveries a second for ${settings.sendMs / 1_000} s, seed ${settings.seed}`,
    )
    screen.line()
    return await run(cluster, settings, screen, signal)
  } finally {
    await cluster.clear()
  }
}

async function main(settings: Settings): Promise<number> {
  const screen = createScreen(settings.json ? process.stderr : process.stdout)
  const told = new AbortController()
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => told.abort())
  // Nobody reads on: `npm start | head`.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => told.abort())
  try {
    const account = await play(settings, screen, told.signal)
    screen.line()
    for (const line of summary(account, screen)) screen.line(line)
    const { seed } = settings
    if (settings.json) process.stdout.write(`${JSON.stringify({ seed, ...account }, undefined, 2)}\n`)
    return isGood(account) ? EXIT.good : EXIT.bad
  } catch (error) {
    if (!told.signal.aborted) throw error
    screen.line('Told to end.')
    return EXIT.bad
  }
}

/** `undefined`: only help is wanted. Ends the process when the arguments are not understood. */
function understood(args: readonly string[]): Settings | undefined {
  try {
    return readSettings(args)
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    process.stderr.write(`${error.message}\n`)
    process.exit(EXIT.misused)
  }
}

const settings = understood(process.argv.slice(2))
if (settings === undefined) process.stdout.write(HELP)
else process.exitCode = await main(settings)
