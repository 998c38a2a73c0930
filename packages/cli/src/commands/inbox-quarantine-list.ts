import type { Inbox, PageQuery } from '@kyc-webhooks/core'
import { examples, newCommand } from '../command.ts'
import { firstOf, quarantined, quarantineSummary } from '../inbox-rows.ts'
import { inboxOptions, withInbox } from '../open-inbox.ts'
import { output } from '../output.ts'
import { someText, wholeNumber } from '../parsers.ts'
import { table } from '../table.ts'

export function quarantineListCommand() {
  return newCommand('list', 'Lists quarantined deliveries, oldest first, without their bodies.')
    .addOption(inboxOptions.inbox())
    .addOption(inboxOptions.inboxEnv())
    .addOption(inboxOptions.schema())
    .addOption(inboxOptions.keysEnv())
    .option('--receiver <name>', 'only deliveries to this receiver', someText)
    .option('--after <seq>', 'only deliveries with a higher number: the next page', wholeNumber())
    .option('--limit <n>', 'at most so many', wholeNumber(1), 100)
    .option('--json', 'print one JSON object: `quarantined`, and `next` for --after, or null')
    .addHelpText('after', examples(['inbox quarantine list', 'what came and was not taken']))
    .action(async ({ json, limit, receiver, after, ...place }) => {
      const query = { ...(receiver && { receiver }), ...(after && { after }) }
      const { rows, next } = await withInbox(place, (inbox) => firstOf(summaries(inbox, query), limit))
      const out = output({ json })
      const cells = rows.map(({ seq, receiver, reason, count, lastAt, bytes, deliveryId = '' }) =>
        [seq, receiver, reason, count, lastAt, bytes, deliveryId].map(String),
      )
      const heads = ['seq', 'receiver', 'reason', 'count', 'last', 'bytes', 'delivery id']
      for (const line of table(heads, cells)) out.line(line)
      if (next !== undefined) out.line(`more: --after ${next}`)
      out.value({ quarantined: rows, next: next ?? null })
    })
}

async function* summaries(inbox: Inbox, query: PageQuery) {
  for await (const row of quarantined(inbox, query)) yield quarantineSummary(row)
}
