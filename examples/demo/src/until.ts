import { setTimeout as delay } from 'node:timers/promises'

/** Asks again and again. Resolves to true as soon as the answer is, and to false when the time is over. */
export async function until(isSo: () => boolean, timeoutMs: number): Promise<boolean> {
  const end = performance.now() + timeoutMs
  while (!isSo()) {
    if (performance.now() > end) return false
    await delay(10)
  }
  return true
}
