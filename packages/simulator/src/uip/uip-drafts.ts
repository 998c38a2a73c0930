import { type DraftSource, draftSource, type Recipes } from '../draft-source.ts'
import { type EventSeed, inventor } from '../inventor.ts'
import type { Fields } from '../json.ts'
import { seededRandom } from '../seeded-random.ts'
import { UIP_EVENT_NAMES, uipEvents } from './uip-events.ts'
import type { UipSigning } from './uip-rules.ts'
import { UIP_PRIMITIVES, uipSession } from './uip-session.ts'

export interface UipDraftsOptions extends EventSeed, Pick<UipSigning, 'scheme'> {}

/** What a user need not be asked for: webhooks page, "if requested". */
const NOT_REQUESTED: Fields = { name: undefined, date_of_birth: undefined, country_of_origin: undefined }

/**
 * UIP deliveries by event name: the events of the webhooks page or, under the scheme `timestamped`, those of the session API.
 * Each has a variant `usual`; further ones:
 *
 * - `identify`: `ids`, when neither name nor date of birth nor country was asked for.
 * - `step.completed`: its primitive, `identify` being the usual one.
 * - `session.failed`: its reason.
 */
export function uipDrafts(options: UipDraftsOptions = {}): DraftSource {
  const recipes = options.scheme === 'timestamped' ? sessionRecipes(options) : eventRecipes(options)
  return draftSource(recipes, seededRandom(options.seed ?? 1))
}

function eventRecipes(seed: EventSeed): Recipes {
  const events = uipEvents(seed)
  const usual = UIP_EVENT_NAMES.map((name) => [name, { usual: (fields: Fields) => events.of(name, fields) }])
  const { identify, ...rest }: Recipes = Object.fromEntries(usual)
  const ids = (fields: Fields) => events.of('identify', { ...NOT_REQUESTED, ...fields })
  return { identify: { ...identify, ids }, ...rest }
}

function sessionRecipes(seed: EventSeed): Recipes {
  const invent = inventor(seed)
  const step = (primitive: string) => (fields: Fields) => uipSession(invent).step(0, primitive, fields)
  const [, ...further] = UIP_PRIMITIVES.map((primitive) => [primitive, step(primitive)] as const)
  const failed = (reason: string) => (fields: Fields) =>
    uipSession(invent).end('failed', { reason, ...fields })
  return {
    'step.completed': { usual: step('identify'), ...Object.fromEntries(further) },
    'session.completed': { usual: (fields) => uipSession(invent).end('completed', fields) },
    'session.stopped': { usual: (fields) => uipSession(invent).end('stopped', fields) },
    'session.failed': { usual: failed('insufficient_funds'), internal_error: failed('internal_error') },
  }
}
