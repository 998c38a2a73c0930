import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { cpus } from 'node:os'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { startPostgres } from '@kyc-webhooks/testing/postgres'
import { benchDatabase } from './database.ts'
import type { LoadReport } from './load.ts'
import { cpuMs } from './run/cpu-time.ts'

// One receiver on Postgres against the same middleware with one INSERT for each request, over HTTP, in turns in one run:
// `postgres.ts --rounds 3 --seconds 5 --connections 64,256,1024 --commit-delay 0,10,20`. `memory` records nothing durable: no
// inbox can be faster than that on this machine, so `memory / INSERT` is what any could reach. Prints a table in Markdown.

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '5' },
    /** Seconds before that, which do not count. */
    warmup: { type: 'string', default: '1' },
    connections: { type: 'string', default: '64,256,1024' },
    /** Milliseconds by which each commit is slower than this machine's disk, as on a disk behind a network. */
    'commit-delay': { type: 'string', default: '0,10,20' },
    /** Connections of the INSERT rival's pool; 10 is the driver's default. */
    pool: { type: 'string', default: '10' },
    /** Deliveries signed beforehand, for each measurement. */
    signed: { type: 'string', default: '60000' },
  },
})
/** What one rival did, and the milliseconds of a processor that one delivery took. */
interface Measured extends LoadReport {
  receiverMs: number
  postgresMs: number
}

const RIVALS = ['memory', 'insert', 'group']
const BACKENDS =
  'SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()'
const SECRET = `whsec_${randomUUID()}`
const server = await startPostgres()
say(`${cpus()[0]?.model.trim()}, ${cpus().length} cores; receiver, Postgres and sender share them`)
say(
  '\n| a commit takes | connections | memory | INSERT | group | group / INSERT | memory / INSERT | p99 INSERT, group | refused | processor ms a delivery, receiver + Postgres: memory, INSERT, group |',
)
say(`|${' --- |'.repeat(10)}`)
for (const delayMs of values['commit-delay'].split(',').map(Number)) {
  for (const connections of values.connections.split(',')) await compare(delayMs, connections)
}
await server.stop?.()

async function compare(delayMs: number, connections: string): Promise<void> {
  const reports = new Map<string, Measured[]>(RIVALS.map((rival) => [rival, []]))
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const rival of RIVALS) reports.get(rival)?.push(await measure(rival, delayMs, connections))
  }
  const of = (rival: string, value: (report: Measured) => number): number =>
    median((reports.get(rival) ?? []).map(value))
  const [memory = 0, insert = 0, group = 0] = RIVALS.map((rival) =>
    of(rival, ({ accepted, seconds }) => accepted / seconds),
  )
  const p99 = (rival: string) => of(rival, (report) => report.p99).toFixed(0)
  const ms = (rival: string, value: (report: Measured) => number) => of(rival, value).toFixed(2)
  const processor = (rival: string) =>
    `${ms(rival, ({ receiverMs }) => receiverMs)} + ${ms(rival, ({ postgresMs }) => postgresMs)}`
  const refused = RIVALS.reduce((sum, rival) => sum + of(rival, (report) => report.refused), 0)
  const cells = [
    delayMs === 0 ? "this disk's time" : `${delayMs} ms more`,
    connections,
    ...[memory, insert, group].map((rate) => `${rate.toFixed(0)}/s`),
    ...[group / insert, memory / insert].map((ratio) => ratio.toFixed(2)),
    `${p99('insert')} ms, ${p99('group')} ms`,
    refused,
    RIVALS.map(processor).join(', '),
  ]
  say(`| ${cells.join(' | ')} |`)
}

/** One rival, on a database of its own, under the load of one sender. */
async function measure(rival: string, delayMs: number, connections: string): Promise<Measured> {
  const database = await benchDatabase(server.url)
  if (delayMs > 0) {
    const name = new URL(database.url).pathname.slice(1)
    await database.query(`ALTER DATABASE ${name} SET commit_delay = ${delayMs * 1_000}`)
    await database.query(`ALTER DATABASE ${name} SET commit_siblings = 0`)
  }
  const receiver = run('serve.ts', {
    inbox: rival,
    url: database.url,
    secret: SECRET,
    connections: values.pool,
  })
  const receiverTime = () => timeOf([receiver.child.pid])
  // Of the connections to this database: other work on the same server does not count.
  const postgresTime = async () => timeOf((await database.query(BACKENDS)).map(({ pid }) => Number(pid)))
  try {
    const { seconds, warmup, signed } = values
    const port = await receiver.line
    const [receiverBefore, postgresBefore] = [receiverTime(), await postgresTime()]
    const load = run('load.ts', {
      port,
      secret: SECRET,
      connections,
      seconds,
      warmup,
      signed,
    })
    const report: LoadReport = JSON.parse(await load.line)
    return {
      ...report,
      receiverMs: (receiverTime() - receiverBefore) / report.replies,
      postgresMs: ((await postgresTime()) - postgresBefore) / report.replies,
    }
  } finally {
    receiver.child.kill()
    await receiver.exit
    await database.drop()
  }
}

/** Processor time of processes so far, in milliseconds. `NaN` where that is not to be had. */
function timeOf(pids: readonly (number | undefined)[]): number {
  return pids.reduce<number>((sum, pid = 0) => sum + (cpuMs(pid) ?? Number.NaN), 0)
}

/** A process of this folder, and the first line that it prints. */
function run(file: string, options: Record<string, string>) {
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value])
  const path = fileURLToPath(new URL(file, import.meta.url))
  const child = spawn(process.execPath, [...process.execArgv, path, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exit = once(child, 'exit')
  const line = Promise.race([
    once(createInterface({ input: child.stdout }), 'line').then(([first]) => String(first)),
    exit.then(([code]) => {
      throw new Error(`${file} ended with ${code} and said nothing`)
    }),
  ])
  return { child, exit, line }
}

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}
