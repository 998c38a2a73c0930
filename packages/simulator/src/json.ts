/** What JSON can say, with integers of any size: a `bigint` is written as a bare number, exact to the digit. */
export type Json = string | number | bigint | boolean | null | readonly Json[] | JsonObject
export interface JsonObject {
  readonly [name: string]: Json | undefined
}

/**
 * Fields to add to an event, to replace, or (with `undefined`) to leave out.
 * An integer beyond 2^53 - 1 is given as a `bigint`.
 */
export type Fields = JsonObject

/** Compact JSON text. `JSON.stringify` throws at a `bigint`; this writes its digits. Members that are `undefined` are left out. */
export function writeJson(value: Json): string {
  if (typeof value === 'bigint') return value.toString()
  if (isArray(value)) return `[${value.map(writeJson).join(',')}]`
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).flatMap(([name, member]) =>
      member === undefined ? [] : [`${JSON.stringify(name)}:${writeJson(member)}`],
    )
    return `{${members.join(',')}}`
  }
  return JSON.stringify(value)
}

/** `Array.isArray` does not narrow a readonly array out of a union. */
function isArray(value: Json): value is readonly Json[] {
  return Array.isArray(value)
}
