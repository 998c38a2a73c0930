import { Option } from '@commander-js/extra-typings'
import type { EventQuery, EventState, Inbox } from '@kyc-webhooks/core'
import { examples, newCommand } from '../command.ts'
import { eventSummary, events, firstOf } from '../inbox-rows.ts'
import { inboxOptions, withInbox } from '../open-inbox.ts'
import { output } from '../output.ts'
import { someText, wholeNumber } from '../parsers.ts'
import { counted } from '../progress.ts'
import { table } from '../table.ts'

const STATES = ['waiting', 'running', 'done', 'dead'] as const satisfies readonly EventState[]

export const stateOption = () => new Option('--state <state>', 'only events in this state').choices(STATES)

export function listCommand() {
  return newCommand('list', 'Lists events, oldest first, without their payload.')
    .addOption(inboxOptions.inbox())
    .addOption(inboxOptions.inboxEnv())
    .addOption(inboxOptions.schema())
    .addOption(inboxOptions.keysEnv())
    .addOption(stateOption())
    .option('--receiver <name>', 'only events of this receiver', someText)
    .option('--type <type>', 'only events of this type', someText)
    .option('--after <seq>', 'only events with a higher number: the next page', wholeNumber())
    .option('--limit <n>', 'at most so many', wholeNumber(1), 100)
    .option('--json', 'print one JSON object: `events`, and `next` for --after, or null')
    .addHelpText(
      'after',
      examples(
        ['inbox list --state dead', 'dead letters'],
        ['inbox list --receiver press --limit 10 --json', 'for a program'],
      ),
    )
    .action(async ({ json, type, limit, state, receiver, after, ...place }) => {
      const query = { ...(state && { state }), ...(receiver && { receiver }), ...(after && { after }) }
      const { rows, next } = await withInbox(place, (inbox) => firstOf(summaries(inbox, query, type), limit))
      const out = output({ json })
      const cells = rows.map((row) => [
        String(row.seq),
        row.state,
        row.receiver,
        row.type,
        row.id,
        row.receivedAt,
        String(row.attempts),
        row.error ?? '',
      ])
      const heads = ['seq', 'state', 'receiver', 'type', 'id', 'received', 'attempts', 'error']
      for (const line of table(heads, cells)) out.line(line)
      if (next !== undefined) out.line(`more: --after ${next}`)
      out.value({ events: rows, next: next ?? null })
    })
}

async function* summaries(inbox: Inbox, query: EventQuery, type: string | undefined) {
  for await (const row of counted(events(inbox, query)))
    if (type === undefined || row.type === type) yield eventSummary(row)
}
