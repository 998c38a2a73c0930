import { existsSync } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { Argument } from '@commander-js/extra-typings'
import type { EventRecord, Inbox, QuarantineRecord } from '@kyc-webhooks/core'
import { examples, newCommand } from '../command.ts'
import { Failure, UsageError } from '../exit.ts'
import { eventOf, eventSummary, events, quarantined, quarantineSummary } from '../inbox-rows.ts'
import { inboxOptions, withInbox } from '../open-inbox.ts'
import { harmless, note, writeOut } from '../output.ts'
import { someText } from '../parsers.ts'
import { counted } from '../progress.ts'
import { stateOption } from './inbox-list.ts'

export function exportCommand() {
  return newCommand(
    'export',
    'Writes events or quarantined deliveries as lines of JSON, WITH THEIR PAYLOAD: personal data.',
  )
    .addArgument(new Argument('<what>').choices(['events', 'quarantined'] as const))
    .addOption(inboxOptions.inbox())
    .addOption(inboxOptions.inboxEnv())
    .addOption(inboxOptions.schema())
    .addOption(inboxOptions.keysEnv())
    .addOption(stateOption())
    .option('--receiver <name>', 'only those of this receiver', someText)
    .option('--output <file>', 'a new file, readable by its owner alone (default: standard output)', someText)
    .addHelpText(
      'after',
      examples(
        ['inbox export events --state dead --output dead.ndjson', 'dead letters into a file'],
        ['inbox export quarantined', 'quarantine to standard output, bodies in Base64'],
      ),
    )
    .action(async (what, { output, state, receiver, ...place }) => {
      if (state !== undefined && what !== 'events') throw new UsageError('--state is for events alone')
      const query = { ...(state && { state }), ...(receiver && { receiver }) }
      const rows = (inbox: Inbox) =>
        what === 'events'
          ? mapped(events(inbox, query), eventLine)
          : mapped(quarantined(inbox, query), quarantineLine)
      const count = await withInbox(place, (inbox) =>
        output === undefined ? writeAll(rows(inbox), writeOut) : writeFile(counted(rows(inbox)), output),
      )
      note(`${count} ${what} exported${output === undefined ? '' : ` to ${output}`}`)
    })
}

const eventLine = (row: EventRecord) => ({
  ...eventSummary(row),
  delivery: row.context,
  event: eventOf(row),
})

const quarantineLine = (row: QuarantineRecord) => ({
  ...quarantineSummary(row),
  delivery: row.context,
  headers: row.headers,
  body: Buffer.from(row.body).toString('base64'),
})

async function* mapped<Row>(
  rows: AsyncIterable<Row>,
  toLine: (row: Row) => unknown,
): AsyncGenerator<unknown> {
  for await (const row of rows) yield toLine(row)
}

/** A file that nobody else may read, from its first byte. One that is there is not touched; one that is not complete has another name. */
async function writeFile(values: AsyncIterable<unknown>, path: string): Promise<number> {
  if (existsSync(path)) throw new Failure(`${path} exists already`)
  const part = `${path}.part`
  const file = await open(part, 'wx', 0o600).catch((error: NodeJS.ErrnoException) => {
    throw new Failure(
      error.code === 'EEXIST'
        ? `${part} exists already: another export is writing it, or was interrupted`
        : `${path} cannot be written (${error.code})`,
    )
  })
  try {
    const count = await writeAll(values, (text) => file.appendFile(text))
    await file.sync()
    await rename(part, path)
    return count
  } catch (error) {
    await rm(part, { force: true })
    throw error
  } finally {
    await file.close()
  }
}

async function writeAll(
  values: AsyncIterable<unknown>,
  write: (text: string) => Promise<void>,
): Promise<number> {
  let count = 0
  for await (const value of values) {
    await write(`${harmless(JSON.stringify(value))}\n`)
    count++
  }
  return count
}
