import { examples, newCommand } from '../command.ts'
import { eraseCommand } from './inbox-erase.ts'
import { exportCommand } from './inbox-export.ts'
import { listCommand } from './inbox-list.ts'
import { moveCommand } from './inbox-move.ts'
import { quarantineCommand } from './inbox-quarantine.ts'
import { retryCommand } from './inbox-retry.ts'
import { showCommand } from './inbox-show.ts'
import { sqlCommand } from './inbox-sql.ts'
import { statsCommand } from './inbox-stats.ts'
import { unverifiedCommand } from './inbox-unverified.ts'

/** What is done to an inbox; each is a file of its own. */
export function inboxCommand() {
  return newCommand('inbox', 'Looks into an inbox, and acts on what is in it. A receiver may have it open.')
    .addCommand(listCommand())
    .addCommand(showCommand())
    .addCommand(statsCommand())
    .addCommand(retryCommand())
    .addCommand(quarantineCommand())
    .addCommand(unverifiedCommand())
    .addCommand(exportCommand())
    .addCommand(eraseCommand())
    .addCommand(moveCommand())
    .addCommand(sqlCommand())
    .addHelpText(
      'after',
      examples(
        ['inbox stats', 'at a glance, of ./kyc-webhooks.db'],
        ['inbox list --state dead --inbox ./kyc-webhooks.db', 'dead letters, of a SQLite file'],
        [
          'inbox stats --inbox-env DATABASE_URL',
          'of a Postgres, whose URL with the password is in DATABASE_URL',
        ],
      ),
    )
}
