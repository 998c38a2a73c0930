import { Unusable } from '../provider.ts'
import type { CloudEventProfile, LenientCloudEvent } from './cloud-event.ts'
import { parseMediaType } from './media-type.ts'
import { isRfc3339 } from './rfc3339.ts'
import { isAbsoluteUri, isUriReference } from './uri.ts'

interface Rule {
  /** Completes the sentence "<attribute> is not ...". */
  readonly form: string
  readonly accepts: (value: string) => boolean
}

// CloudEvents section "Type System": no control characters, unpaired surrogates or noncharacters.
const isText = (value: string) => !/[\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}]/u.test(value)
const text: Rule = {
  form: 'a non-empty string of legal characters',
  accepts: (value) => value !== '' && isText(value),
}

const RULES: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  ['specversion', { form: '"1.0"', accepts: (value) => value === '1.0' }],
  ['id', text],
  [
    'source',
    { form: 'a non-empty URI reference', accepts: (value) => value !== '' && isUriReference(value) },
  ],
  ['type', text],
  ['subject', text],
  ['time', { form: 'an RFC 3339 date-time', accepts: isRfc3339 }],
  ['datacontenttype', { form: 'a media type', accepts: (value) => parseMediaType(value) !== undefined }],
  ['dataschema', { form: 'an absolute URI', accepts: isAbsoluteUri }],
])

/** The attributes of the specification. */
export const CORE_ATTRIBUTES: readonly string[] = [...RULES.keys()]

const PROFILES = {
  strict: { required: ['specversion', 'id', 'source', 'type'], keep: keepStrictly },
  lenient: { required: ['id', 'type'], keep: keepLeniently },
} as const

/**
 * Checks names and values, and puts the attributes together; the rules are those of the profile.
 * @throws {Unusable} naming the attribute, never its value.
 */
export function readAttributes(
  sent: Iterable<readonly [name: string, value: unknown]>,
  profile: CloudEventProfile,
): LenientCloudEvent {
  const { required, keep } = PROFILES[profile]
  const kept: [string, unknown][] = []
  for (const [name, raw] of sent) {
    // `null` is the same as absent (JSON format section 2.2).
    const value = raw === null ? undefined : keep(name, raw)
    if (value !== undefined) kept.push([name, value])
  }
  // Defines own properties, also for `__proto__`.
  const event = Object.fromEntries(kept)
  for (const name of required) {
    if (!Object.hasOwn(event, name)) throw new Unusable(`${name} is missing`)
  }
  return event as LenientCloudEvent // `id` and `type` are there, and `keep` saw to the form of the others
}

function keepStrictly(name: string, value: unknown): unknown {
  const rule = RULES.get(name)
  if (rule !== undefined) {
    if (typeof value !== 'string' || !rule.accepts(value)) throw new Unusable(`${name} is not ${rule.form}`)
  } else {
    if (!isLegalName(name)) throw new Unusable('the name of an attribute is not legal')
    if (!isExtensionValue(value)) {
      throw new Unusable(`${label(name)} is not a string, a boolean or a 32-bit integer`)
    }
  }
  return value
}

function keepLeniently(name: string, sent: unknown): unknown {
  const rule = RULES.get(name)
  if (rule === undefined) return sent
  const value = (name === 'id' || name === 'subject') && Number.isSafeInteger(sent) ? String(sent) : sent
  if (typeof value !== 'string') return undefined
  // What identifies an event is taken as it stands: the text rule would refuse the event for one control character.
  const accepted = name === 'id' || name === 'type' ? value !== '' : rule.accepts(value)
  return accepted ? value : undefined
}

/** May an event of the specification have this extension attribute? */
export function isLegalExtension(name: string, value: unknown): boolean {
  return isLegalName(name) && isExtensionValue(value)
}

const isLegalName = (name: string): boolean => /^[a-z\d]+$/.test(name)

function isExtensionValue(value: unknown): boolean {
  if (typeof value === 'number') return value === (value | 0)
  return typeof value === 'boolean' || (typeof value === 'string' && isText(value))
}

/** Names over the 20 characters that the specification recommends stay out of the log. */
function label(name: string): string {
  return name.length <= 20 ? name : 'an extension attribute'
}
