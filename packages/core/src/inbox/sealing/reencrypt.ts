import { isKycWebhookError } from '../../errors.ts'
import type { InboxStore, PlainHash, RewrittenDelivery, StoredDelivery } from '../port.ts'
import { subjectHash } from '../subject-hash.ts'
import { amongUnverified, keyIdsOf, openContent, openEvent, sealContent, sealEvent } from './row-sealer.ts'
import type { Sealing } from './sealing.ts'

/** Rows at once: bodies are large. */
const ROWS = 20
const HASHES = 500

export interface Reencrypted {
  /** Deliveries whose rows were not as they would be recorded now. */
  deliveries: number
  quarantined: number
  hashes: number
  /** Rows that do not open with their key, and stay as they are: while there are any, the inbox goes on asking for the keys it had. */
  broken: number
  /** False: bytes in their former form may lie in the files until the store tidies up by itself. */
  overwritten: boolean
}

export interface ReencryptOptions {
  /** Told after each step. */
  onProgress?: (done: Omit<Reencrypted, 'overwritten'>) => void
  /** Stops between two steps; what is done stays done. Then the promise rejects. */
  signal?: AbortSignal
}

/** Brings every row and every hash to the form in which it would be recorded now, in small steps. */
export async function reencrypt(
  store: InboxStore,
  sealing: Sealing,
  { onProgress = () => {}, signal }: ReencryptOptions,
): Promise<Reencrypted> {
  const done = { deliveries: 0, quarantined: 0, hashes: 0, broken: 0 }
  const step = (what: keyof typeof done, count: number): void => {
    done[what] += count
    onProgress({ ...done })
    signal?.throwIfAborted()
  }
  /** One row that was damaged must not keep all others from being sealed anew. */
  const unlessBroken = <T>(change: () => T | undefined): T | [] => {
    try {
      return change() ?? []
    } catch (error) {
      if (!isKycWebhookError(error, 'sealed-value-broken')) throw error
      done.broken += 1
      return []
    }
  }
  for (let after = 0; ; ) {
    const page = await store.deliveries({ after, limit: ROWS })
    const changed = page.flatMap((row) => unlessBroken(() => resealed(sealing, row)))
    if (changed.length > 0) await store.rewrite({ deliveries: changed })
    step('deliveries', changed.length)
    if (page.length === 0) break
    after = page.at(-1)?.seq ?? after
  }
  for (let after = 0; ; ) {
    const page = await store.quarantined({ after, limit: ROWS })
    const changed = page.flatMap((row) => unlessBroken(() => resealedContent(sealing, row, row.receiver)))
    if (changed.length > 0) await store.rewrite({ quarantined: changed })
    step('quarantined', changed.length)
    if (page.length === 0) break
    after = page.at(-1)?.seq ?? after
  }
  // They come and go, and are not counted.
  for (let after = 0; ; ) {
    const page = await store.unverified({ after, limit: ROWS })
    const changed = page.flatMap((row) =>
      unlessBroken(() => resealedContent(sealing, row, amongUnverified(row.receiver))),
    )
    if (changed.length > 0) await store.rewrite({ unverified: changed })
    signal?.throwIfAborted()
    if (page.length === 0) break
    after = page.at(-1)?.seq ?? after
  }
  for (const kind of ['key', 'nonce', 'head'] as const) {
    for (let after = ''; ; ) {
      const page = await store.plainHashes(kind, after, HASHES)
      await store.rehash(
        kind,
        page.map((row) => rehashed(sealing, kind, row)),
      )
      step('hashes', page.length)
      if (page.length === 0) break
      after = page.at(-1)?.hash ?? after
    }
  }
  if (done.broken === 0) await sealing.settled()
  return { ...done, overwritten: await store.overwrite() }
}

/** A delivery as it would be recorded now; `undefined` when it is so already. */
function resealed({ hashes, state }: Sealing, row: StoredDelivery): StoredDelivery | undefined {
  const { keys, seals } = state
  const receiver = row.events[0]?.receiver ?? ''
  const ids = keyIdsOf(
    row,
    row.events.map(({ json }) => json),
  )
  const isKeyed = row.events.every(({ subject = '?' }) => subject === hashes.of('subject', subject))
  if (isKeyed && ids.size === 1 && ids.has(seals ? keys.first.id : undefined)) return undefined
  const opened = openContent(keys, row, receiver)
  const facts = row.events.map((fact) => {
    const json = openEvent(keys, fact.json, receiver, row.context)
    return { ...fact, json, subject: hashes.of('subject', subjectHash(JSON.parse(json).subject)) }
  })
  if (!seals) return { ...row, ...opened, events: facts }
  const { place, ...content } = sealContent(keys.first, opened, receiver)
  const events = facts.map((fact) => ({ ...fact, json: sealEvent(keys.first, fact.json, receiver, place) }))
  return { seq: row.seq, ...content, events }
}

function resealedContent(
  { hashes, state }: Sealing,
  row: RewrittenDelivery,
  receiver: string,
): RewrittenDelivery | undefined {
  const { keys, seals } = state
  const digest = hashes.of('digest', row.digest)
  const ids = keyIdsOf(row, [])
  if (digest === row.digest && ids.size === 1 && ids.has(seals ? keys.first.id : undefined)) return undefined
  const opened = openContent(keys, row, receiver)
  if (!seals) return { seq: row.seq, ...opened, digest }
  const { place: _, ...content } = sealContent(keys.first, opened, receiver)
  return { seq: row.seq, ...content, digest }
}

function rehashed({ hashes }: Sealing, kind: 'key' | 'nonce' | 'head', { hash, digest }: PlainHash) {
  const beside = kind === 'nonce' ? 'key' : 'digest'
  return {
    from: hash,
    to: hashes.of(kind, hash),
    digest: digest === undefined ? undefined : hashes.of(beside, digest),
  }
}
