/** Any string as text that Postgres stores: it takes no NUL, and UTF-8 has no lone surrogates. Readable for all others. */
export const storable = (text: string): string => JSON.stringify(text).slice(1, -1)

/** Back from `storable`. */
export const restored = (text: string): string => JSON.parse(`"${text}"`)
