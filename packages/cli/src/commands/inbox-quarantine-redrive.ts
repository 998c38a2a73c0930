import { newCommand } from '../command.ts'
import { UsageError } from '../exit.ts'

const WHY = `A redrive makes events of a delivery, and its handlers run: both are in your application, not here.
Call inbox.redrive(seq) there, or in a script beside it: docs/guides/operations.md has one, under
"Quarantine and redrive".`

/** Only there to say why it cannot be. */
export function quarantineRedriveCommand() {
  return newCommand('redrive', 'Is done by your application: see its --help.')
    .argument('[seqs...]')
    .addHelpText('after', `\n${WHY}`)
    .action(() => {
      throw new UsageError(WHY)
    })
}
