import { realpathSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { type InboxOptions, KycWebhookError } from '@kyc-webhooks/core'

/** Where and how the inbox is stored. */
export interface SqliteEngineOptions {
  /** The database file. It and its directory are created when missing, readable by their owner only. @default './kyc-webhooks.db' */
  file?: string
  /** Write in a thread of its own, so that the event loop never waits for the disk. @default true */
  thread?: boolean
  /** Create the file when it is missing, and bring its tables up to date. With `false` they must be there: for a look at another process's inbox. @default true */
  migrate?: boolean
}

export interface SqliteInboxOptions extends SqliteEngineOptions, InboxOptions {}

export interface SqliteSettings {
  /** As it was given: for messages. */
  file: string
  /** The same file, whatever the working directory and the symbolic links on the way. */
  path: string
  thread: boolean
  migrate: boolean
}

/** Throws a `KycWebhookError` when an option is not usable. */
export function resolveSettings(options: SqliteEngineOptions): SqliteSettings {
  const { file = './kyc-webhooks.db', thread = true, migrate = true } = options
  // The driver trims names, and takes these for databases in memory.
  if (typeof file !== 'string' || file === '' || file === ':memory:' || file !== file.trim()) {
    throw new KycWebhookError(
      'option-invalid',
      '`file` must be the path of a file; for tests there is memoryInbox()',
    )
  }
  if (typeof thread !== 'boolean')
    throw new KycWebhookError('option-invalid', '`thread` must be true or false')
  if (typeof migrate !== 'boolean')
    throw new KycWebhookError('option-invalid', '`migrate` must be true or false')
  return { file, path: realPath(resolve(file)), thread, migrate }
}

/** Resolves symbolic links, also those on the way to a file that does not exist yet. */
function realPath(path: string): string {
  try {
    return realpathSync.native(path)
  } catch {
    const parent = dirname(path)
    return parent === path ? path : join(realPath(parent), basename(path))
  }
}
