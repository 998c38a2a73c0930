import { randomInt } from 'node:crypto'
import { parseArgs } from 'node:util'

export const HELP = `npm start [-- options]

Starts two receivers, two workers and a proxy in front, on one Postgres; lets the simulator deliver to them; kills one of the
four processes every few seconds with kill -9; and shows what became of each event. Postgres is that of TEST_POSTGRES_URL,
else the one at 127.0.0.1:5432, else one that is started for the run. It works in a database of its own.
Ends with code 1 when an event that was acknowledged is lost or has two effects, a delivery was refused, or none arrived.

  --seconds <n>     how long deliveries are sent (60)
  --rate <n>        deliveries a second (40)
  --kill-every <s>  seconds from one kill to the next, on average; 0 for none (3)
  --seed <n>        of all that is random, to send and to kill the same again
  --json            the account as JSON on standard output; all else goes to standard error
  --verbose         what the processes write, on standard error
  --help            this text
`

/** What a run is like. */
export interface Settings {
  /** How long deliveries are sent, in milliseconds. */
  sendMs: number
  /** Deliveries a second. */
  rate: number
  /** From one kill to the next, on average, in milliseconds. 0: none. */
  killEveryMs: number
  seed: number
  json: boolean
  verbose: boolean
}

/** Throws a `TypeError` for arguments that are not understood. `undefined`: only help is wanted. */
export function readSettings(args: readonly string[]): Settings | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seconds: { type: 'string', default: '60' },
      rate: { type: 'string', default: '40' },
      'kill-every': { type: 'string', default: '3' },
      seed: { type: 'string', default: String(randomInt(1_000_000)) },
      json: { type: 'boolean', default: false },
      verbose: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return undefined
  return {
    sendMs: amount('--seconds', values.seconds, 1, 86_400) * 1_000,
    rate: amount('--rate', values.rate, 1, 1_000),
    killEveryMs: amount('--kill-every', values['kill-every'], 0, 86_400) * 1_000,
    seed: amount('--seed', values.seed, 0, 2 ** 32 - 1),
    json: values.json,
    verbose: values.verbose,
  }
}

function amount(option: string, text: string, least: number, most: number): number {
  const value = Number(text)
  if (text.trim() === '' || !(value >= least && value <= most)) {
    throw new TypeError(`${option}: a number from ${least} to ${most}, not ${JSON.stringify(text)}`)
  }
  return value
}
