import type { ProviderName } from '../providers.ts'
import type { Trial } from './trial.ts'

/** What part of a receiver a point is about, in the order of the report. */
export const GROUPS = ['address', 'signature', 'replies', 'events', 'processing'] as const
export type Group = (typeof GROUPS)[number]

/** One thing that a provider asks of a receiver, and how it is looked at. */
export interface Point {
  /** Stable, kebab-case: for `--only`, and for programs. */
  readonly id: string
  readonly group: Group
  /** What holds when it passes, in a sentence. */
  readonly title: string
  /** Where each provider asks for it. A provider without an entry is not asked. */
  readonly pages: Readonly<Partial<Record<ProviderName, Page>>>
  /** What happens otherwise. */
  readonly why: string
  /** What to change. */
  readonly mend: string
  /** Only for deliveries that carry a timestamp. @default all deliveries */
  readonly dated?: true
  /** Sends what shows it, and judges what came back. */
  readonly run: (trial: Trial) => Promise<Conclusion>
}

/** A page of a provider, and its words. */
export interface Page {
  readonly name: string
  /** Word for word. */
  readonly says?: string
}

/** What no page asks for, and what goes wrong without it all the same. */
export const PRACTICE: Page = { name: 'Good practice: no page of the provider asks for it' }

/**
 * - `pass`: what was sent shows that it holds. `fail`: ... that it does not.
 * - `warn`: it does not hold, and no page of the provider insists on it.
 * - `not-shown`: it could not be looked at, for the reason given.
 */
export type Status = 'pass' | 'warn' | 'fail' | 'not-shown'

export interface Conclusion {
  readonly status: Status
  /** In words. */
  readonly reason: string
  /** What to change, where that is known better than the point knows it. */
  readonly mend?: string | undefined
  /** Nothing else can be looked at while this is so. @default false */
  readonly final?: boolean
}

export const pass = (reason: string): Conclusion => ({ status: 'pass', reason })
export const fail = (reason: string): Conclusion => ({ status: 'fail', reason })
export const warn = (reason: string): Conclusion => ({ status: 'warn', reason })
export const notShown = (reason: string): Conclusion => ({ status: 'not-shown', reason })
/** Fails, and with it everything after it. */
export const failForGood = (reason: string, mend?: string): Conclusion => ({
  ...{ status: 'fail', reason, mend, final: true },
})
