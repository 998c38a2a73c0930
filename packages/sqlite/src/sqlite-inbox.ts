import { createInbox, type Inbox, KycWebhookError } from '@kyc-webhooks/core'
import { resolveSettings, type SqliteInboxOptions } from './options.ts'
import { sqliteEngine } from './sqlite-engine.ts'

interface Shared {
  inbox: Inbox
  options: Readonly<Record<string, unknown>>
  users: number
}

const REGISTRY = Symbol.for('kyc-webhooks.sqlite')

/**
 * The durable inbox on one SQLite file. Within a process there is one for each file: asked again for the same file, it
 * gives the same inbox, and the last `close()` closes it. Several processes of one machine may share a file.
 *
 * @throws KycWebhookError `option-invalid`: also when the file is in use with other options
 */
export function sqliteInbox(options: SqliteInboxOptions = {}): Inbox {
  const { file, path, thread, migrate } = resolveSettings(options)
  const wanted = { ...options, file: path, thread, migrate }
  const shared =
    registry().get(path) ??
    hiding({
      inbox: createInbox(sqliteEngine({ file, thread, migrate }), options),
      options: wanted,
      users: 0,
    })
  refuseOther(shared.options, wanted)
  registry().set(path, shared)
  shared.users++
  return handle(shared.inbox, async () => {
    if (--shared.users > 0) return
    registry().delete(path)
    await shared.inbox.close()
  })
}

/** On `globalThis`, so that two copies of this package in one process share it too. */
function registry(): Map<string, Shared> {
  const holder = globalThis as { [REGISTRY]?: Map<string, Shared> }
  holder[REGISTRY] ??= new Map()
  return holder[REGISTRY]
}

/** The registry hangs on `globalThis`, where anybody may look; encryption keys are among the options. */
function hiding(shared: Shared): Shared {
  return Object.defineProperty(shared, 'options', { enumerable: false })
}

function refuseOther(inUse: Shared['options'], wanted: Shared['options']): void {
  for (const name of new Set([...Object.keys(inUse), ...Object.keys(wanted)])) {
    if (inUse[name] === wanted[name]) continue
    throw new KycWebhookError(
      'option-invalid',
      `\`${name}\`: ${wanted.file} is in use with another value of it`,
    )
  }
}

/** One user's hold on a shared inbox. Closing it twice does not take it from another user. */
function handle(inbox: Inbox, letGo: () => Promise<void>): Inbox {
  let closed: Promise<void> | undefined
  return {
    name: inbox.name,
    durable: inbox.durable,
    open: () => inbox.open(),
    record: (receipt) => inbox.record(receipt),
    waitMs: () => inbox.waitMs(),
    work: (work) => inbox.work(work),
    stats: () => inbox.stats(),
    health: () => inbox.health(),
    events: (query) => inbox.events(query),
    quarantined: (query) => inbox.quarantined(query),
    unverified: (query) => inbox.unverified(query),
    keepUnverified: (...args) => inbox.keepUnverified(...args),
    retry: (seqs) => inbox.retry(seqs),
    redrive: (seq) => inbox.redrive(seq),
    discard: (what) => inbox.discard(what),
    erase: (subject, options) => inbox.erase(subject, options),
    reencrypt: (options) => inbox.reencrypt(options),
    delivery: (event) => inbox.delivery(event),
    movable: () => inbox.movable(),
    close: () => {
      closed ??= letGo()
      return closed
    },
  }
}
