import { setImmediate as turn } from 'node:timers/promises'
import { onTestFinished, vi } from 'vitest'

/** From now on time passes only by `pass`, for timers and clocks alike. */
export function virtualTime(): void {
  if (vi.isFakeTimers()) return
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
}

/** Lets virtual time pass; by default enough for all that happens at once, since a turn of the event loop takes 1 ms of it. */
export async function pass(ms = 20): Promise<void> {
  let isOver = false
  setTimeout(() => {
    isOver = true
  }, ms)
  while (!isOver) {
    // Not `advanceTimersByTimeAsync`: it waits a real millisecond for each timer.
    await turn()
    vi.advanceTimersToNextTimer()
  }
  await turn()
}

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** Lets time pass until the promise is resolved. Resolves to how much it was. */
export async function duration(promise: Promise<unknown>): Promise<number> {
  const startedAt = Date.now()
  let endedAt: number | undefined
  void promise.then(() => {
    endedAt = Date.now()
  })
  while (endedAt === undefined) await pass(10)
  return endedAt - startedAt
}
