import { examples, newCommand } from '../command.ts'
import { confirm } from '../confirm.ts'
import { EXIT } from '../exit.ts'
import { inboxOptions, withInbox } from '../open-inbox.ts'
import { output } from '../output.ts'
import { seqs } from '../parsers.ts'

export function quarantineDiscardCommand() {
  return newCommand('discard', 'Deletes quarantined deliveries for good.')
    .argument('<seqs...>', 'their numbers', seqs)
    .addOption(inboxOptions.inbox())
    .addOption(inboxOptions.inboxEnv())
    .addOption(inboxOptions.schema())
    .addOption(inboxOptions.keysEnv())
    .option('--yes', 'do not ask')
    .option('--json', 'print JSON')
    .addHelpText('after', examples(['inbox quarantine discard 1 --yes', 'it is gone']))
    .action(async (numbers, { json, yes, ...place }) => {
      const deleted = await withInbox(place, async (inbox) => {
        await confirm(`Delete ${numbers.length} quarantined deliveries for good?`, yes)
        return inbox.discard({ quarantined: numbers })
      })
      const out = output({ json })
      out.line(`${deleted} of ${numbers.length} deleted`)
      out.value({ asked: numbers.length, deleted })
      if (deleted < numbers.length) process.exitCode = EXIT.failed
    })
}
