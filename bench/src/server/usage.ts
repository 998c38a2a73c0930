import { monitorEventLoopDelay, PerformanceObserver } from 'node:perf_hooks'
import type { Usage } from './order.ts'

/** How often the event loop's delay is sampled, in milliseconds. */
const RESOLUTION_MS = 5

/** Watches what this process uses. `handled`: how many handlers were run so far. */
export class UsageMeter {
  readonly #handled: () => number
  readonly #delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  #collections = 0
  #collectionMs = 0
  #cpu = process.cpuUsage()
  #loop = performance.eventLoopUtilization()
  #handledBefore = 0

  constructor(handled: () => number) {
    this.#handled = handled
    const observer = new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) {
        this.#collections++
        this.#collectionMs += duration
      }
    })
    observer.observe({ entryTypes: ['gc'] })
    this.#delay.enable()
  }

  begin(): void {
    this.#collections = 0
    this.#collectionMs = 0
    this.#delay.reset()
    this.#handledBefore = this.#handled()
    this.#loop = performance.eventLoopUtilization()
    this.#cpu = process.cpuUsage()
  }

  end(): Usage {
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
    }
  }
}
