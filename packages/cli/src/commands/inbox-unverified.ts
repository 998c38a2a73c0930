import { examples, newCommand } from '../command.ts'
import { unverifiedListCommand } from './inbox-unverified-list.ts'
import { unverifiedReverifyCommand } from './inbox-unverified-reverify.ts'

export function unverifiedCommand() {
  return newCommand('unverified', 'Looks at deliveries that no secret matched, where a receiver keeps them.')
    .addCommand(unverifiedListCommand())
    .addCommand(unverifiedReverifyCommand())
    .addHelpText(
      'after',
      examples(['inbox unverified list', 'what may have been refused for a wrong secret']),
    )
}
