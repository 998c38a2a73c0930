import { examples, newCommand } from '../command.ts'
import { inboxOptions } from '../open-inbox.ts'
import { wholeNumber } from '../parsers.ts'
import { postgresPackage } from '../postgres-package.ts'

export function sqlCommand() {
  return newCommand(
    'sql',
    'Prints the SQL that makes the tables of an inbox on Postgres, for who may do that. Connects to nothing.',
  )
    .addOption(inboxOptions.schema())
    .option('--from <version>', 'only what is newer than this version of the tables', wholeNumber())
    .addHelpText(
      'after',
      examples(
        ['inbox sql > inbox.sql', 'for `psql -v ON_ERROR_STOP=1 -f inbox.sql`'],
        ['inbox sql --schema webhooks --from 1', 'from version 1 of the tables to the newest'],
      ),
    )
    .action(async ({ schema, from }) => {
      const { migrationSql } = await postgresPackage()
      process.stdout.write(migrationSql(schema, from))
    })
}
