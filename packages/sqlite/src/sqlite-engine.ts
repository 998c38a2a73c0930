import { type InboxEngine, KycWebhookError } from '@kyc-webhooks/core'
import { type Host, inlineHost } from './inline-host.ts'
import { warnOfLooseModes } from './loose-modes.ts'
import { mover } from './mover.ts'
import { resolveSettings, type SqliteEngineOptions, type SqliteSettings } from './options.ts'
import { packReceipts } from './packed-receipts.ts'
import type { Store, StoreMethod } from './store.ts'
import { threadHost } from './thread-host.ts'

/** The driver's binary crashes older ones when it is loaded. */
const OLDEST_NODE = '22.14.0'

/**
 * The storage engine on one SQLite file. Nothing native is loaded before `open()`. When the thread of the store dies, the
 * calls in flight reject with `inbox-unavailable` and the next call starts another; the right to run events is lost
 * with it.
 *
 * @throws KycWebhookError `option-invalid`
 */
export function sqliteEngine(options: SqliteEngineOptions = {}): InboxEngine {
  const { file, path, thread, migrate } = resolveSettings(options)
  let isOpen = false
  let host: Promise<Host> | undefined

  function start(): Promise<Host> {
    const forget = () => {
      if (host === mine) host = undefined
    }
    const mine = createHost({ path, thread, migrate }, forget)
    mine.catch(forget)
    return mine
  }

  function call<M extends StoreMethod>(method: M) {
    return async (...args: Parameters<Store[M]>): Promise<ReturnType<Store[M]>> => {
      if (!isOpen) throw new KycWebhookError('inbox-unavailable', 'it is not open')
      host ??= start()
      return (await host).call(method, args)
    }
  }

  const commit = call('commit')

  async function close(): Promise<void> {
    isOpen = false
    const closing = host
    host = undefined
    await closing?.then(
      (opened) => opened.close(),
      () => {},
    )
  }

  return {
    name: `sqlite ${file}`,
    durable: true,
    // The thread writes together what has come while it waited for the disk. Inline, nothing comes meanwhile.
    parallelCommits: thread ? 2 : 1,
    async open() {
      host ??= start()
      const opened = await host
      try {
        await opened.call('checkOpen', [])
        warnOfLooseModes(path)
        isOpen = true
      } catch (error) {
        await close()
        throw error
      }
    },
    commit: async (receipts, settlements) => commit(packReceipts(receipts), settlements),
    acquire: call('acquire'),
    release: call('release'),
    claim: call('claim'),
    head: call('head'),
    purge: call('purge'),
    stats: call('stats'),
    unhandled: call('unhandled'),
    events: call('events'),
    quarantined: call('quarantined'),
    retry: call('retry'),
    discard: call('discard'),
    seal: call('seal'),
    setSeal: call('setSeal'),
    deliveries: call('deliveries'),
    rewrite: call('rewrite'),
    plainHashes: call('plainHashes'),
    rehash: call('rehash'),
    erase: call('erase'),
    overwrite: call('overwrite'),
    keepUnverified: call('keepUnverified'),
    unverified: call('unverified'),
    ...mover(`sqlite ${file}`, () => createHost({ path, thread, migrate }, () => {})),
    close,
  }
}

async function createHost(
  { path, thread, migrate }: Omit<SqliteSettings, 'file'>,
  onDeath: () => void,
): Promise<Host> {
  checkNode(process.versions.node)
  return thread ? threadHost(path, migrate, onDeath) : inlineHost(path, migrate)
}

/** Throws for a version of Node.js that the driver does not run on. */
export function checkNode(version: string): void {
  if (version.localeCompare(OLDEST_NODE, 'en', { numeric: true }) >= 0) return
  throw new KycWebhookError('node-too-old', `${version} runs, SQLite needs ${OLDEST_NODE} or later`)
}
