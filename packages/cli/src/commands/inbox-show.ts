import { examples, newCommand } from '../command.ts'
import { Failure } from '../exit.ts'
import { eventOf, eventSummary } from '../inbox-rows.ts'
import { inboxOptions, withInbox } from '../open-inbox.ts'
import { indented, output } from '../output.ts'
import { wholeNumber } from '../parsers.ts'
import { deliveryLines, deliveryValue } from '../show-delivery.ts'
import { fields } from '../table.ts'

export function showCommand() {
  return newCommand('show', 'Shows one event. Its payload is personal data, and shown on demand alone.')
    .argument('<seq>', 'its number', wholeNumber(1))
    .addOption(inboxOptions.inbox())
    .addOption(inboxOptions.inboxEnv())
    .addOption(inboxOptions.schema())
    .addOption(inboxOptions.keysEnv())
    .option('--payload', 'with the payload, and the delivery that brought it; in JSON its body is Base64')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      examples(['inbox show 1', 'what is known of it'], ['inbox show 1 --payload', 'also what it says']),
    )
    .action(async (seq, { json, payload, ...place }) => {
      const { row, delivery } = await withInbox(place, async (inbox) => {
        const [found] = await inbox.events({ after: seq - 1, limit: 1 })
        return { row: found, delivery: payload ? await inbox.delivery(seq) : undefined }
      })
      if (row?.seq !== seq) throw new Failure(`there is no event ${seq}`)
      const summary = eventSummary(row)
      const event = payload ? eventOf(row) : undefined
      const out = output({ json })
      for (const line of fields(summary)) out.line(line)
      if (payload) {
        out.line(indented(event))
        for (const line of deliveryLines(delivery)) out.line(line)
      }
      out.value({ ...summary, event, ...(delivery && deliveryValue(delivery)) })
    })
}
