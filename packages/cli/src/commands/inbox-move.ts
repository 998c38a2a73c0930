import { type Inbox, type MoveCounts, moveInbox } from '@kyc-webhooks/core'
import { examples, newCommand } from '../command.ts'
import { confirm } from '../confirm.ts'
import { UsageError } from '../exit.ts'
import { type InboxPlace, inboxAt } from '../open-inbox.ts'
import { output } from '../output.ts'
import { someText } from '../parsers.ts'
import { progress } from '../progress.ts'
import { fields } from '../table.ts'

export function moveCommand() {
  return newCommand(
    'move',
    'Moves everything from one inbox into a new one, which is made, and closes the first for good.',
  )
    .option('--from <place>', 'SQLite file, or URL of a Postgres without a password', someText)
    .option('--from-env <name>', 'environment variable with the same, also with a password', someText)
    .option('--from-schema <name>', 'Postgres: schema of the inbox (default: kyc_webhooks)', someText)
    .option('--to <place>', 'where to: as --from', someText)
    .option('--to-env <name>', 'as --from-env', someText)
    .option('--to-schema <name>', 'as --from-schema', someText)
    .option('--yes', 'do not ask')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Stop the receivers first, and start them on the new inbox afterwards. A move that breaks off is finished by the
same command line.
${examples(
  ['inbox move --from ./kyc-webhooks.db --to-env DATABASE_URL --yes', 'from SQLite to Postgres'],
  ['inbox move --from-env DATABASE_URL --to ./back.db --yes', 'and back, into a new file'],
)}`,
    )
    .action(async ({ json, yes, ...places }) => {
      const from = placeOf('from', places.from, places.fromEnv, places.fromSchema)
      const to = placeOf('to', places.to, places.toEnv, places.toSchema)
      if (JSON.stringify(from) === JSON.stringify(to)) throw new UsageError('from and to are the same inbox')
      const source = await inboxAt(from, { option: 'from' })
      const target = await inboxAt(to, { option: 'to', migrate: true })
      try {
        const question = `Move everything from ${source.name} to ${target.name}, and close ${source.name} for good?`
        await confirm(question, yes)
        const counts = await move(source, target)
        const out = output({ json })
        out.line(`moved from ${source.name} to ${target.name}:`)
        for (const line of fields({ ...counts })) out.line(line)
        out.value(counts)
      } finally {
        await Promise.all([source.close(), target.close()])
      }
    })
}

function placeOf(
  option: string,
  inbox: string | undefined,
  inboxEnv: string | undefined,
  schema: string | undefined,
): InboxPlace {
  if (inbox === undefined && inboxEnv === undefined)
    throw new UsageError(`say --${option} or --${option}-env`)
  return {
    ...(inbox === undefined ? {} : { inbox }),
    ...(inboxEnv === undefined ? {} : { inboxEnv }),
    ...(schema === undefined ? {} : { schema }),
  }
}

async function move(source: Inbox, target: Inbox): Promise<MoveCounts> {
  const shown = progress()
  const onProgress = (moved: MoveCounts, all: MoveCounts) => {
    const [rows, allRows] = [sum(moved), sum(all)]
    shown.update(`${rows} of ${allRows} rows, ${moved.deliveries} of ${all.deliveries} deliveries`)
  }
  try {
    return await moveInbox(source, target, { onProgress })
  } finally {
    shown.end()
  }
}

const sum = (counts: MoveCounts): number => Object.values(counts).reduce((total, count) => total + count, 0)
