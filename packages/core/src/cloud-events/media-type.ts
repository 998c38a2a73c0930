/** A parsed media type, such as `application/json; charset=utf-8`. */
export interface MediaType {
  /** Type and subtype, in lower case. */
  readonly essence: string
  /** By name in lower case; values as sent, without quotes. */
  readonly parameters: ReadonlyMap<string, string>
}

const TOKEN = "[!#$%&'*+.^`|~\\w-]+"
const PARAMETER = `[ \\t]*(${TOKEN})=(?:(${TOKEN})|"((?:[ !#-[\\]-~\\t\\x80-\\xff]|\\\\[ -~\\t])*)")`
const PARAMETERS = new RegExp(`;${PARAMETER}`, 'g')
const MEDIA_TYPE = new RegExp(`^(${TOKEN}/${TOKEN})((?:[ \\t]*;(?:${PARAMETER})?)*)[ \\t]*$`)

/**
 * Parses a media type as HTTP writes it (RFC 9110 section 8.3.1; RFC 2045 section 5.1).
 * `undefined` for anything else, also for a parameter that is repeated (RFC 6838 section 4.3).
 */
export function parseMediaType(text: string): MediaType | undefined {
  const [, essence, rest = ''] = MEDIA_TYPE.exec(text) ?? []
  if (essence === undefined) return undefined
  const parameters = new Map<string, string>()
  for (const [, name = '', token, quoted = ''] of rest.matchAll(PARAMETERS)) {
    if (parameters.has(name.toLowerCase())) return undefined
    parameters.set(name.toLowerCase(), token ?? quoted.replace(/\\(.)/g, '$1'))
  }
  return { essence: essence.toLowerCase(), parameters }
}

/** Whether a media type declares JSON: the subtype is `json` or ends in `+json`. */
export function isJson(mediaType: MediaType | undefined): boolean {
  return mediaType !== undefined && /[/+]json$/.test(mediaType.essence)
}

/** Whether a media type leaves the charset at UTF-8, which JSON always is. */
export function isUtf8(mediaType: MediaType): boolean {
  return (mediaType.parameters.get('charset') ?? 'utf-8').toLowerCase() === 'utf-8'
}
