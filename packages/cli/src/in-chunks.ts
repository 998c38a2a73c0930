import { progress } from './progress.ts'

/** Few enough for one short transaction. */
const CHUNK = 500

/** Does something to many, a chunk at a time, and says how far it is. Resolves to the sum of what came of it. */
export async function inChunks<T>(
  all: readonly T[],
  act: (chunk: readonly T[]) => Promise<number>,
): Promise<number> {
  const shown = progress()
  let sum = 0
  try {
    for (let at = 0; at < all.length; at += CHUNK) {
      shown.update(`${at} of ${all.length}`)
      sum += await act(all.slice(at, at + CHUNK))
    }
    return sum
  } finally {
    shown.end()
  }
}
