import type { Suspect } from './suspect.ts'

/** A known mistake. Whether it was made is proved: with it undone, the signature is right. */
export interface Mistake {
  /** Stable: for programs. */
  readonly name: string
  readonly explanation: string
  /** What to do about it. */
  readonly mend: string
  /** What would be authentic if this mistake was made and nothing else is wrong. Pure. */
  readonly undone: (suspect: Suspect) => Iterable<Undone>
}

/** One way in which a mistake may have been made. */
export interface Undone {
  readonly suspect: Suspect
  /** Which way that is, where there are several. */
  readonly how?: string
}
