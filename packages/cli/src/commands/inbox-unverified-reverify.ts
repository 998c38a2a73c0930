import { newCommand } from '../command.ts'
import { UsageError } from '../exit.ts'

const WHY = `To verify takes the secrets, and what is authentic goes to your handlers: both are in your application, not here.
Call receiver.reverify() there, or in a script beside it: docs/guides/operations.md says how, under "After a wrong secret".`

/** Only there to say why it cannot be. */
export function unverifiedReverifyCommand() {
  return newCommand('reverify', 'Is done by your application: see its --help.')
    .addHelpText('after', `\n${WHY}`)
    .action(() => {
      throw new UsageError(WHY)
    })
}
