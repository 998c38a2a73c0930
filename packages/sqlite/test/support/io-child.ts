import { existsSync, openSync, readSync, rmSync, writeSync } from 'node:fs'
import { type InboxEngine, isKycWebhookError } from '@kyc-webhooks/core'
import Database from 'better-sqlite3'
import { claim, record, settle } from '../../../testing/src/inbox-samples.ts'
import { sqliteEngine } from '../../src/index.ts'

// Under the shim: `io-child.ts <control> <file> <calls> <error>`. The n-th call fails, for every n until nothing fails any more.

const [control = '', file = '', calls = '', error = ''] = process.argv.slice(2)

/** What the shim reads and writes: see io-shim.c. */
const shim = openSync(control, 'r+')

function arm(left: number): void {
  writeSync(shim, Int32Array.of(0, Number(calls), Number(error), 0), 0, 16, 0)
  writeSync(shim, Int32Array.of(left), 0, 4, 0)
}

function hasFailed(): boolean {
  const numbers = new Int32Array(4)
  readSync(shim, numbers, 0, 16, 0)
  return (numbers[3] ?? 0) > 0
}

/** As a provider would, and whoever starts the process: again, when it failed with a code that says so. */
async function again<T>(call: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await call()
    } catch (fault) {
      const isTold =
        isKycWebhookError(fault, 'inbox-unavailable') || isKycWebhookError(fault, 'inbox-unusable')
      if (!isTold || tries > 5) throw fault
    }
  }
}

/** Opens, records, starts and settles, with one fault on the way. Resolves to what is wrong afterwards. */
async function run(n: number): Promise<string[]> {
  for (const suffix of ['', '-wal', '-shm', '-press.lock']) rmSync(`${file}${suffix}`, { force: true })
  const wrong: string[] = []
  arm(n)
  let engine: InboxEngine = sqliteEngine({ file, thread: false })
  await again(() => engine.open())
  const ids = ['a', 'b', 'c']
  for (const id of ids) {
    const outcome = await again(() => record(engine, id))
    // A commit whose sync failed may have landed all the same.
    if (outcome !== 'recorded' && outcome !== 'duplicate') wrong.push(`${id} is ${outcome}`)
  }
  const { claims } = await again(() => claim(engine))
  for (const { seq, attempt } of claims) await again(() => settle(engine, seq, 'done', { attempt }))
  writeSync(shim, Int32Array.of(0), 0, 4, 0)
  await engine.close().catch(() => {})
  if (!existsSync(file)) wrong.push('the file is gone')

  engine = sqliteEngine({ file, thread: false })
  await engine.open()
  const events = await engine.events({})
  const kept = events.map(({ context }) => context.id)
  if (kept.join() !== ids.join()) wrong.push(`kept are ${kept}`)
  for (const { state, context } of events) if (state === 'dead') wrong.push(`${context.id} is ${state}`)
  await engine.close()
  const db = new Database(file)
  const integrity = db.pragma('integrity_check', { simple: true })
  if (integrity !== 'ok') wrong.push(String(integrity))
  db.close()
  return wrong
}

for (let n = 1; ; n++) {
  const wrong = await run(n).catch((fault: unknown) => [String(fault)])
  process.stdout.write(`${JSON.stringify({ n, wrong })}\n`)
  if (!hasFailed()) break
}
