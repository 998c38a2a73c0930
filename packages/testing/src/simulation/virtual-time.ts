import { type Clock, install } from '@sinonjs/fake-timers'

const START = Date.UTC(2026, 0, 1)

/**
 * Time that passes only by `until`, for the clocks and timers of everything in this process. Promises stay as they are:
 * what they set off is over before the next timer fires, so that the same timers give the same course of events.
 */
export class VirtualTime {
  readonly #clock: Clock = install({
    now: START,
    toFake: [
      ...(['Date', 'performance', 'setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] as const),
      ...(['setImmediate', 'clearImmediate'] as const),
    ],
  })
  #stallMs = 0

  /** Since the beginning, in milliseconds. Never jumps. */
  get elapsedMs(): number {
    return this.#clock.now - START
  }

  /** Holds up the whole machine once: every timer that is due meanwhile fires late. */
  stall(ms: number): void {
    this.#stallMs = ms
  }

  /** Lets time pass until this is so, or for as long. Resolves to whether it is so. */
  async until(isSo: () => boolean, mostMs: number): Promise<boolean> {
    let isOver = false
    const end = setTimeout(() => {
      isOver = true
    }, mostMs)
    await afterPromises()
    while (!isSo() && !isOver) {
      this.#step()
      await afterPromises()
    }
    clearTimeout(end)
    return isSo()
  }

  /** Lets time pass until the promise is settled. Rejects when it has not been for so long. */
  async through<T>(promise: Promise<T>, mostMs: number): Promise<T> {
    let isSettled = false
    const settled = () => {
      isSettled = true
    }
    promise.then(settled, settled)
    if (!(await this.until(() => isSettled, mostMs))) throw new Error('what was to happen did not')
    return promise
  }

  /** Gives the process its own clocks and timers back; those that are left never fire. */
  end(): void {
    this.#clock.reset()
    this.#clock.uninstall()
  }

  #step(): void {
    if (this.#stallMs === 0) this.#clock.next()
    else this.#clock.jump(this.#stallMs)
    this.#stallMs = 0
  }
}

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** Never answered. */
export const never = (): Promise<never> => new Promise(() => {})

/** Node.js comes to its ticks when no promise has anything left to set off. */
const afterPromises = (): Promise<void> => new Promise((resolve) => process.nextTick(resolve))
