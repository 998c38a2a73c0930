import type { Mistake } from './mistake.ts'
import { MISTAKES } from './mistakes.ts'
import { isAuthentic, type Suspect } from './suspect.ts'

/** A mistake that was made. */
export interface Finding {
  readonly name: string
  readonly explanation: string
  readonly mend: string
}

export interface Search {
  /** None, one, or two that were made together. */
  readonly findings: readonly Finding[]
  /** How many possibilities were tried. */
  readonly tried: number
  /** There was time for all of them, or for enough. */
  readonly complete: boolean
}

/** A body of the size that a receiver takes needs a few seconds; one that is far larger would take hours. In milliseconds. */
const TIME_LIMIT_MS = 30_000

/** Undoes one known mistake after the other, then two of different groups at a time, until the signature is right. */
export async function findMistakes(
  suspect: Suspect,
  onTried: (tried: number) => void,
  timeLimitMs: number = TIME_LIMIT_MS,
): Promise<Search> {
  const until = performance.now() + timeLimitMs
  let tried = 0
  for (const attempt of attempts(suspect)) {
    if (performance.now() >= until) return { findings: [], tried, complete: false }
    onTried(++tried)
    if (await isAuthentic(attempt.suspect)) return { findings: attempt.findings, tried, complete: true }
  }
  return { findings: [], tried, complete: true }
}

interface Attempt {
  suspect: Suspect
  findings: readonly Finding[]
}

function* attempts(suspect: Suspect): Generator<Attempt> {
  for (const mistake of MISTAKES.flat()) yield* undo(mistake, { suspect, findings: [] })
  for (const [index, group] of MISTAKES.entries()) {
    const others = MISTAKES.slice(index + 1).flat()
    for (const first of group.flatMap((mistake) => [...undo(mistake, { suspect, findings: [] })]))
      for (const second of others) yield* undo(second, first)
  }
}

function* undo({ name, explanation, mend, undone }: Mistake, before: Attempt): Generator<Attempt> {
  for (const { suspect, how } of undone(before.suspect)) {
    const told = how === undefined ? explanation : `${explanation.replace(/\.$/, '')}: ${how}.`
    yield { suspect, findings: [...before.findings, { name, explanation: told, mend }] }
  }
}
