import { examples, newCommand } from '../command.ts'
import { firstOf, unverified, unverifiedSummary } from '../inbox-rows.ts'
import { inboxOptions, withInbox } from '../open-inbox.ts'
import { output } from '../output.ts'
import { someText, wholeNumber } from '../parsers.ts'
import { table } from '../table.ts'

export function unverifiedListCommand() {
  return newCommand('list', 'Lists unverified deliveries, oldest first. Anybody may have sent them.')
    .addOption(inboxOptions.inbox())
    .addOption(inboxOptions.inboxEnv())
    .addOption(inboxOptions.schema())
    .addOption(inboxOptions.keysEnv())
    .option('--receiver <name>', 'only deliveries to this receiver', someText)
    .option('--after <seq>', 'only deliveries with a higher number: the next page', wholeNumber())
    .option('--limit <n>', 'at most so many', wholeNumber(1), 100)
    .option('--json', 'print one JSON object: `unverified`, and `next` for --after, or null')
    .addHelpText('after', examples(['inbox unverified list', 'what no secret matched']))
    .action(async ({ json, limit, receiver, after, ...place }) => {
      const query = { ...(receiver && { receiver }), ...(after && { after }) }
      const { rows, next } = await withInbox(place, (inbox) => firstOf(unverified(inbox, query), limit))
      const summaries = rows.map(unverifiedSummary)
      const out = output({ json })
      const cells = summaries.map(({ seq, receiver, receivedAt, bytes }) =>
        [seq, receiver, receivedAt, bytes].map(String),
      )
      for (const line of table(['seq', 'receiver', 'received', 'bytes'], cells)) out.line(line)
      if (next !== undefined) out.line(`more: --after ${next}`)
      out.value({ unverified: summaries, next: next ?? null })
    })
}
