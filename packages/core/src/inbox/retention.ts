import { positive } from '../option-checks.ts'

/** How long handled events are kept, by type. */
export interface RetentionByType {
  /** Of every type that is not named, in milliseconds. */
  default: number
  /** By type of event, in milliseconds. */
  types: Readonly<Record<string, number>>
}

export type Retention = number | RetentionByType

/** Throws `option-invalid`. A misspelt field would keep what is to go, or the other way round. */
export function checkRetention(option: string, given: Retention): Retention {
  if (typeof given !== 'object' || given === null) return positive(option, given, 0)
  const { default: otherwise, types, ...others } = given
  for (const name of Object.keys(others)) positive(`${option}.${name}`, Number.NaN, 0)
  positive(otherwise === undefined ? option : `${option}.default`, otherwise, 0)
  if (typeof types !== 'object' || types === null) positive(`${option}.types`, Number.NaN, 0)
  for (const [type, ms] of Object.entries(types)) positive(`${option}.types['${type}']`, ms, 0)
  return { default: otherwise, types: { ...types } }
}

/** How long a handled event is kept, in milliseconds. @param json the event, as its handler got it */
export function keptMs(retention: Retention, json: string): number {
  if (typeof retention === 'number') return retention
  const { type }: { type?: unknown } = JSON.parse(json)
  const { types, default: otherwise } = retention
  return typeof type === 'string' && Object.hasOwn(types, type) ? (types[type] ?? otherwise) : otherwise
}
