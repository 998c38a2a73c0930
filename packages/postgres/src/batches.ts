import type { Job, JobResult, PgBoss } from 'pg-boss'
import type { Permits } from './permits.ts'
import type { Ticket } from './tickets.ts'

/** So many batches look for jobs, while there are permits for them. */
const LOOKING = 4
/** How often to look for jobs that nobody announced: those whose delay is over, in seconds. */
const POLL_S = 2
/** How often a heartbeat is sent, in seconds: thrice in the shortest that may be asked for. A job's own counts, not that of its worker. */
const BEAT_S = 3
/** A batch that takes longer is slow, in milliseconds. */
const SLOW_MS = 200

interface Batch {
  size: number
  /** Of the worker in pg-boss, once that is there. */
  id?: string
  added?: Promise<void>
  isBusy: boolean
  /** Another looks in its place: it ends with the jobs it has in hand. */
  isReplaced: boolean
}

/**
 * The batches of jobs of one worker. A batch is over when its last event is, so one that is slow is replaced as long as
 * there are permits that nobody uses: handlers that hang hold up nobody but themselves.
 */
export class Batches {
  readonly #boss: PgBoss
  readonly #queue: string
  readonly #permits: Permits
  readonly #handle: (jobs: Job<Ticket>[]) => Promise<JobResult[]>
  readonly #batches = new Set<Batch>()
  #isStopping = false

  constructor(
    boss: PgBoss,
    queue: string,
    permits: Permits,
    handle: (jobs: Job<Ticket>[]) => Promise<JobResult[]>,
  ) {
    this.#boss = boss
    this.#queue = queue
    this.#permits = permits
    this.#handle = handle
  }

  async start(): Promise<void> {
    const sizes = batchSizes(this.#permits.count)
    await Promise.all(sizes.map((size) => this.#add(size)))
  }

  /** Has one of those that look for jobs do so at once. All that are busy do so when they are done. */
  wake(): void {
    const looking = [...this.#batches].find(({ isBusy }) => !isBusy)
    if (looking?.id !== undefined) this.#boss.notifyWorker(looking.id)
  }

  /** Resolves when nothing is in hand and nothing will be. */
  async stop(): Promise<void> {
    this.#isStopping = true
    await Promise.all([...this.#batches].map((batch) => this.#end(batch)))
  }

  async #add(size: number): Promise<void> {
    const batch: Batch = { size, isBusy: false, isReplaced: false }
    const options = {
      batchSize: size,
      perJobResults: true,
      pollingIntervalSeconds: POLL_S,
      notifyPollingIntervalSeconds: POLL_S,
      heartbeatRefreshSeconds: BEAT_S,
    } as const
    this.#batches.add(batch)
    batch.added = this.#boss
      .work<Ticket>(this.#queue, options, (jobs) => this.#run(batch, jobs))
      .then((id) => {
        batch.id = id
      })
    try {
      await batch.added
    } catch (error) {
      this.#batches.delete(batch)
      throw error
    }
  }

  async #run(batch: Batch, jobs: Job<Ticket>[]): Promise<JobResult[]> {
    batch.isBusy = true
    const slow = setInterval(() => this.#replace(batch), SLOW_MS).unref()
    try {
      return await this.#handle(jobs)
    } finally {
      clearInterval(slow)
      batch.isBusy = false
      if (batch.isReplaced) void this.#end(batch)
      // There may be more: no pause before the next look.
      for (const { id } of this.#batches) if (id !== undefined) this.#boss.notifyWorker(id)
    }
  }

  #replace(batch: Batch): void {
    const looking = [...this.#batches].filter(({ isBusy }) => !isBusy).length
    // Suspects wait for their turn without a permit.
    const isFull = this.#batches.size >= 2 * this.#permits.count + LOOKING
    if (this.#isStopping || batch.isReplaced || isFull || this.#permits.spare <= looking) return
    batch.isReplaced = true
    this.#add(batch.size).catch(() => {
      batch.isReplaced = false
    })
  }

  async #end(batch: Batch): Promise<void> {
    await batch.added?.catch(() => {})
    if (batch.id !== undefined) await this.#boss.offWork(this.#queue, { id: batch.id, wait: true })
    this.#batches.delete(batch)
  }
}

/** So many batches, of as equal sizes as can be, that the events in hand are never more than asked. */
export function batchSizes(concurrency: number): number[] {
  const batches = Math.min(LOOKING, concurrency)
  return Array.from({ length: batches }, (_, index) => Math.floor((concurrency + index) / batches))
}
