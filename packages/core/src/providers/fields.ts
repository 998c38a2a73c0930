/** A JSON object: not null, not an array. */
export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** An id as text: a non-empty string, or the digits of a whole number (those beyond 2^53 - 1 are strings already). Otherwise `undefined`. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value
  return Number.isSafeInteger(value) ? String(value) : undefined
}

/** The fields with those named made text: an id has one type, whatever its size and however it was sent. */
export function withTextIds(
  fields: Record<string, unknown>,
  names: readonly string[],
): Record<string, unknown> {
  const ids = names.flatMap((name) => {
    const text = Object.hasOwn(fields, name) ? textOf(fields[name]) : undefined
    return text === undefined ? [] : [[name, text] as const]
  })
  return { ...fields, ...Object.fromEntries(ids) }
}
