import { examples, newCommand } from '../command.ts'
import { quarantineDiscardCommand } from './inbox-quarantine-discard.ts'
import { quarantineListCommand } from './inbox-quarantine-list.ts'
import { quarantineRedriveCommand } from './inbox-quarantine-redrive.ts'
import { quarantineShowCommand } from './inbox-quarantine-show.ts'

export function quarantineCommand() {
  return newCommand('quarantine', 'Looks at deliveries that are authentic and could not become events.')
    .addCommand(quarantineListCommand())
    .addCommand(quarantineShowCommand())
    .addCommand(quarantineDiscardCommand())
    .addCommand(quarantineRedriveCommand())
    .addHelpText(
      'after',
      examples(
        ['inbox quarantine list', 'what came and was not taken'],
        ['inbox quarantine show 1 --payload', 'one of them, with its body'],
      ),
    )
}
