import type { ErrorCode } from '@kyc-webhooks/core'
import { valuesOf } from './capture.ts'
import { type Finding, findMistakes } from './find-mistakes.ts'
import { seen } from './seen.ts'
import { isAuthentic, isFresh, judge, type Suspect } from './suspect.ts'

export interface Verification {
  /** The signature is right, and every header that proves the delivery is there and of its form. */
  readonly verifies: boolean
  /** What a receiver says to it at the time that was given. */
  readonly code: 'accepted' | ErrorCode
  /** It verifies, and its timestamp was fresh at that time, or it has none. */
  readonly fresh: boolean
  /** Age of its timestamp at that time, in milliseconds; below zero when it lies ahead. `undefined`: it has none. */
  readonly ageMs: number | undefined
  /** Why it does not verify, if one or two known mistakes explain it. */
  readonly mistakes: readonly Finding[]
  /** How many possibilities were tried. */
  readonly tried: number
  /** All of them were, or those until one explained it: for a body that is far too large there is not the time. */
  readonly complete: boolean
}

/** Does it verify, and if not, which of the known mistakes explains it? @param at time of arrival, in milliseconds */
export async function verify(
  suspect: Suspect,
  at: number,
  onTried: (tried: number) => void = () => {},
): Promise<Verification> {
  const code = await judge(suspect, at)
  const told = { code, ageMs: ageOf(suspect, at) }
  const visible = seen(code, suspect)
  if (await isAuthentic(suspect)) {
    const verifies = visible === undefined || visible.name === 'body-cut'
    const fresh = verifies && (await isFresh(suspect, at))
    return { ...told, verifies, fresh, mistakes: verifies ? [] : [visible], tried: 0, complete: true }
  }
  const { findings, ...search } = await findMistakes(suspect, onTried)
  const mistakes = findings.length > 0 || visible === undefined ? findings : [visible]
  return { ...told, verifies: false, fresh: false, mistakes, ...search }
}

function ageOf(suspect: Suspect, at: number): number | undefined {
  const { timestamp } = suspect.provider
  const [value = ''] = timestamp === undefined ? [] : valuesOf(suspect, timestamp.header)
  return /^\d{1,11}$/.test(value) ? at - Number(value) * 1_000 : undefined
}
