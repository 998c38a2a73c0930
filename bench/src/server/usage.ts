import { monitorEventLoopDelay, PerformanceObserver } from 'node:perf_hooks'
import { HeapSampler } from './heap-sampler.ts'
import type { ServerOrder, Usage } from './order.ts'
import { StepTimes } from './step-times.ts'

/** How often the event loop's delay is sampled, in milliseconds. */
const RESOLUTION_MS = 5

/** Watches what this process uses. `handled`: how many handlers were run so far. */
export class UsageMeter {
  readonly #handled: () => number
  readonly #delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  readonly #steps: StepTimes | undefined
  readonly #heap: HeapSampler | undefined
  #collections = 0
  #collectionMs = 0
  #cpu = process.cpuUsage()
  #loop = performance.eventLoopUtilization()
  #handledBefore = 0
  #fromUs = 0

  constructor(handled: () => number, look: ServerOrder['look']) {
    this.#handled = handled
    if (look === 'steps') this.#steps = new StepTimes()
    if (look === 'heap') this.#heap = new HeapSampler()
    const observer = new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) {
        this.#collections++
        this.#collectionMs += duration
      }
    })
    observer.observe({ entryTypes: ['gc'] })
    this.#delay.enable()
  }

  async begin(): Promise<void> {
    await this.#heap?.begin()
    await this.#steps?.begin()
    this.#collections = 0
    this.#collectionMs = 0
    this.#delay.reset()
    this.#handledBefore = this.#handled()
    this.#fromUs = nowUs()
    this.#loop = performance.eventLoopUtilization()
    this.#cpu = process.cpuUsage()
  }

  async end(): Promise<Usage> {
    const { user, system } = process.cpuUsage(this.#cpu)
    const { rss, heapUsed } = process.memoryUsage()
    const delay = (nanoseconds: number) => Math.max(0, nanoseconds / 1e6 - RESOLUTION_MS)
    return {
      cpuMs: (user + system) / 1_000,
      rss,
      heapUsed,
      busy: performance.eventLoopUtilization(this.#loop).utilization,
      delayP50: delay(this.#delay.percentile(50)),
      delayP99: delay(this.#delay.percentile(99)),
      delayMax: delay(this.#delay.max),
      collections: this.#collections,
      collectionMs: this.#collectionMs,
      handled: this.#handled() - this.#handledBefore,
      fromUs: this.#fromUs,
      toUs: nowUs(),
      ...(this.#steps && { steps: this.#steps.end() }),
      ...(this.#heap && { allocated: await this.#heap.end() }),
    }
  }
}

function nowUs(): number {
  return Number(process.hrtime.bigint() / 1_000n)
}
