import { isKycWebhookError } from '../errors.ts'
import type { Work } from './inbox.ts'
import { isNamedIn } from './named-in.ts'
import type { InboxStore, MovedQuarantine } from './port.ts'
import type { StoreGuard } from './sealing/store-guard.ts'

export interface EraseOptions {
  /** Only what this receiver has of the subject. @default every receiver */
  receiver?: string
  /**
   * Also what was not handled yet: events that wait, and quarantined deliveries that are about others too, or of which
   * nobody in this process can tell. What is lost by that, no provider sends again. @default false
   */
  unhandled?: boolean
}

/** What was erased of a subject, and what was left. */
export interface Erased {
  /** Events that were deleted. */
  events: number
  /** Bodies that were deleted, with their headers, while events of others keep their delivery. */
  bodies: number
  /** Quarantined deliveries that were deleted. */
  quarantined: number
  /** Marks of `latestOnly`. */
  heads: number
  /** Of what is there still: events that wait, */
  waiting: number
  /** events that are being handled: erase again when they are, */
  running: number
  /** and numbers of quarantined deliveries that name the subject. */
  leftInQuarantine: readonly number[]
  /** False: bytes of it may lie in the files until the store tidies up by itself. */
  overwritten: boolean
}

/** Rows at once: bodies are large. */
const ROWS = 20

type WorkOf = (receiver: string) => Pick<Work, 'redrive'> | undefined

/** Deletes what is kept of one subject. Keys stay: a repetition is a duplicate. */
export async function erase(
  store: InboxStore,
  guard: StoreGuard,
  works: { of: WorkOf; receivers: readonly string[] },
  subject: string,
  { receiver, unhandled = false }: EraseOptions,
): Promise<Erased> {
  await lookForSubjects(store, guard)
  const found = await findInQuarantine(store, guard, works.of, subject, receiver)
  const [own, left] = unhandled ? [[...found.own, ...found.shared], []] : [found.own, found.shared]
  const chosen = receiver === undefined ? {} : { receiver }
  const request = { subjects: guard.hashes.subjects(subject), ...chosen }
  const rows = await store.erase({ ...request, waiting: unhandled, quarantined: own })
  const receivers = receiver === undefined ? [...works.receivers, ...rows.receivers] : [receiver]
  const heads = [...new Set(receivers)].flatMap((name) => [...guard.hashes.headKeys(name, subject)])
  const { heads: erasedHeads } = await store.erase({ subjects: [], heads })
  const overwritten = await store.overwrite()
  const { events, bodies, quarantined, waiting, running } = rows
  return {
    events,
    bodies,
    quarantined,
    heads: erasedHeads,
    waiting,
    running,
    leftInQuarantine: left,
    overwritten,
  }
}

/** Events from before subjects were kept beside them, or of a move. */
async function lookForSubjects(store: InboxStore, guard: StoreGuard): Promise<void> {
  for (let after = 0; ; ) {
    const page = await store.deliveries({ after, limit: ROWS, unlooked: true })
    if (page.length === 0) return
    const deliveries = page.map((row) => ({
      ...row,
      events: row.events.map((fact) => {
        const [hash = ''] = hashesOf(guard, guard.fact(fact, row.context))
        return { ...fact, subject: fact.subject ?? hash }
      }),
    }))
    await store.rewrite({ deliveries })
    after = page.at(-1)?.seq ?? after
  }
}

function hashesOf(guard: StoreGuard, json: string): readonly string[] {
  const subject = subjectOf(json)
  return subject === undefined ? [] : guard.hashes.subjects(subject)
}

function subjectOf(json: string): string | undefined {
  const { subject }: { subject?: unknown } = JSON.parse(json)
  return typeof subject === 'string' && subject !== '' ? subject : undefined
}

/** Quarantined deliveries that are about the subject alone, and those that are about others too as far as can be told. */
async function findInQuarantine(
  store: InboxStore,
  guard: StoreGuard,
  workOf: WorkOf,
  subject: string,
  receiver: string | undefined,
): Promise<{ own: number[]; shared: number[] }> {
  const found = { own: [] as number[], shared: [] as number[] }
  for (let after = 0; ; ) {
    const page = await store.quarantined({
      after,
      limit: ROWS,
      ...(receiver === undefined ? {} : { receiver }),
    })
    if (page.length === 0) return found
    for (const row of page.map((row) => guard.quarantined(row))) {
      const about = whomAbout(row, workOf(row.receiver), subject)
      if (about !== 'others') found[about].push(row.seq)
    }
    after = page.at(-1)?.seq ?? after
  }
}

function whomAbout(
  row: MovedQuarantine,
  work: Pick<Work, 'redrive'> | undefined,
  subject: string,
): 'own' | 'shared' | 'others' {
  const subjects = subjectsOf(row, work)
  if (subjects.size === 1 && subjects.has(subject)) return 'own'
  if (subjects.has(subject)) return 'shared'
  // It may name the subject in a place that its provider does not read, or it cannot be read.
  return isNamedIn(row.body, subject) ? 'shared' : 'others'
}

/** Whom the events would be about that a delivery came to now. */
function subjectsOf(row: MovedQuarantine, work: Pick<Work, 'redrive'> | undefined): Set<string | undefined> {
  try {
    const receipts = row.unreadable === undefined ? (work?.redrive?.(row) ?? []) : []
    return new Set(receipts.flatMap(({ events }) => events.map(({ json }) => subjectOf(json))))
  } catch (error) {
    if (isKycWebhookError(error)) throw error
    return new Set()
  }
}
