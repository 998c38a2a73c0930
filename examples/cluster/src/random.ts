import { createHash } from 'node:crypto'

/** Gives numbers from 0 to below 1. */
export type Random = () => number

/** Numbers that are the same for the same seed. Two purposes of one seed share none, so that one does not disturb the other. */
export function seededRandom(seed: number, purpose: string): Random {
  let turn = 0
  return () => createHash('sha256').update(`${seed} ${purpose} ${turn++}`).digest().readUInt32BE() / 2 ** 32
}

/** One of them. Throws a `RangeError` when there is none. */
export function pick<T>(items: readonly T[], random: Random): T {
  const item = items[Math.floor(random() * items.length)]
  if (item === undefined) throw new RangeError('nothing to pick from')
  return item
}
