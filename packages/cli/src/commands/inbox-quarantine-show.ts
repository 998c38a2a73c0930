import { examples, newCommand } from '../command.ts'
import { Failure } from '../exit.ts'
import { quarantineSummary } from '../inbox-rows.ts'
import { inboxOptions, withInbox } from '../open-inbox.ts'
import { output } from '../output.ts'
import { wholeNumber } from '../parsers.ts'
import { deliveryLines, deliveryValue } from '../show-delivery.ts'
import { fields } from '../table.ts'

export function quarantineShowCommand() {
  return newCommand(
    'show',
    'Shows one quarantined delivery. Its body is personal data, and shown on demand alone.',
  )
    .argument('<seq>', 'its number', wholeNumber(1))
    .addOption(inboxOptions.inbox())
    .addOption(inboxOptions.inboxEnv())
    .addOption(inboxOptions.schema())
    .addOption(inboxOptions.keysEnv())
    .option('--payload', 'with headers and body; in JSON the body is Base64')
    .option('--json', 'print JSON')
    .addHelpText('after', examples(['inbox quarantine show 1 --payload', 'with its bytes']))
    .action(async (seq, { json, payload, ...place }) => {
      const [row] = await withInbox(place, (inbox) => inbox.quarantined({ after: seq - 1, limit: 1 }))
      if (row?.seq !== seq) throw new Failure(`no delivery ${seq} is in quarantine`)
      const summary = quarantineSummary(row)
      const out = output({ json })
      for (const line of fields(summary)) out.line(line)
      if (payload) {
        for (const line of deliveryLines(row)) out.line(line)
      }
      out.value({ ...summary, ...(payload && deliveryValue(row)) })
    })
}
