import { Option } from '@commander-js/extra-typings'
import type { Inbox, InboxOptions } from '@kyc-webhooks/core'
import { sqliteInbox } from '@kyc-webhooks/sqlite'
import { UsageError } from './exit.ts'
import { noInbox } from './no-inbox.ts'
import { someText } from './parsers.ts'
import { postgresPackage } from './postgres-package.ts'
import { patiently } from './progress.ts'
import { quotable } from './secrets.ts'

export interface InboxPlace {
  inbox?: string | undefined
  inboxEnv?: string | undefined
  schema?: string | undefined
  keysEnv?: string | undefined
}

/** Where the receivers of a process put it when nothing else is said. */
const DEFAULT_FILE = './kyc-webhooks.db'

export const inboxOptions = {
  inbox: () =>
    new Option(
      '--inbox <place>',
      `SQLite file, or URL of a Postgres without a password (default: ${DEFAULT_FILE})`,
    ).argParser(someText),
  inboxEnv: () =>
    new Option('--inbox-env <name>', 'environment variable with the same, also with a password').argParser(
      someText,
    ),
  schema: () =>
    new Option('--schema <name>', 'Postgres: schema of the inbox (default: kyc_webhooks)').argParser(
      someText,
    ),
  keysEnv: () =>
    new Option(
      '--keys-env <name>',
      'environment variable with the encryption keys, as id:base64, for an inbox that is sealed',
    ).argParser(someText),
}

/**
 * Runs `work` on an inbox that exists, and closes it. A receiver may have it open. Nothing is created or changed by the
 * opening: with another version of the tables than ours it is refused.
 */
export async function withInbox<T>(place: InboxPlace, work: (inbox: Inbox) => Promise<T>): Promise<T> {
  const inbox = await inboxAt(place)
  try {
    await patiently('the inbox is being opened', () => inbox.open()).catch(noInbox)
    return await work(inbox)
  } finally {
    await inbox.close()
  }
}

export interface Opening {
  /** What the options begin with, for messages. @default 'inbox' */
  option?: string
  /** Make the inbox when it is missing, and bring its tables up to date. @default false */
  migrate?: boolean
}

/** The inbox at a place, not open yet. It is the caller's to close. */
export async function inboxAt(
  { inbox, inboxEnv, schema, keysEnv }: InboxPlace,
  { option = 'inbox', migrate = false }: Opening = {},
): Promise<Inbox> {
  if (inbox !== undefined && inboxEnv !== undefined)
    throw new UsageError(`--${option} or --${option}-env, not both`)
  const place = inboxEnv === undefined ? (inbox ?? DEFAULT_FILE) : process.env[inboxEnv]
  if (place === undefined || place === '')
    throw new UsageError(
      `the environment variable ${quotable(inboxEnv ?? '', `that --${option}-env names`)} is not set`,
    )
  if (/^postgres(ql)?:/i.test(place)) {
    if (inboxEnv === undefined) refusePassword(place, option)
    return postgresAt(place, schema, migrate, sealing(keysEnv))
  }
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(place))
    throw new UsageError('an inbox is a SQLite file, or a URL that begins with postgres:')
  if (schema !== undefined) throw new UsageError(`--${schemaOption(option)} is for Postgres alone`)
  return sqliteInbox({ file: place, migrate, ...sealing(keysEnv) })
}

/** A key that is not there is an error of its own, with its code. */
const sealing = (keysEnv: string | undefined): Pick<InboxOptions, 'encryption'> =>
  keysEnv === undefined ? {} : { encryption: { keys: process.env[keysEnv] } }

const schemaOption = (option: string): string => (option === 'inbox' ? 'schema' : `${option}-schema`)

/** What stands in an argument is seen by everybody who lists processes. */
function refusePassword(url: string, option: string): void {
  const { password, searchParams } = URL.canParse(url) ? new URL(url) : new URL('postgres://')
  if (password !== '' || searchParams.has('password')) {
    throw new UsageError(
      `a password on the command line is seen by everybody who lists processes: use --${option}-env`,
    )
  }
}

async function postgresAt(
  connectionString: string,
  schema: string | undefined,
  migrate: boolean,
  options: InboxOptions,
): Promise<Inbox> {
  const { postgresInbox } = await postgresPackage()
  return postgresInbox({
    ...options,
    connectionString,
    migrate,
    maxConnections: 2,
    ...(schema === undefined ? {} : { schema }),
  })
}
