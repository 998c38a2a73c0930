import { type DraftSource, draftSource, type Recipes } from '../draft-source.ts'
import { inventor } from '../inventor.ts'
import type { Fields } from '../json.ts'
import { seededRandom } from '../seeded-random.ts'
import {
  ADVANCE_AI_EVENT_TYPES,
  type AdvanceAiEventSeed,
  type AdvanceAiEventType,
  advanceAiEvent,
} from './advance-ai-events.ts'

/** Values of `emailType`, as the webhook page lists them. */
const EMAIL_TYPES: Partial<Record<AdvanceAiEventType, readonly string[]>> = {
  KYB_IDV_EMAIL: ['REQUEST_IDV', 'NOTIFY_IDV_SUCCESS', 'NOTIFY_IDV_FAILED'],
  KYB_QNRE_EMAIL: ['OTP_VERIFICATION', 'FORM_NOTIFICATION', 'SUBMISSION_CONFIRMATION'],
}

/**
 * ADVANCE.AI deliveries by event type. Variants: of the e-mail events, their `emailType`; of the others, `usual` and
 * `webhook-id`, in which the webhook's id is told, as in the page's first example.
 */
export function advanceAiDrafts(seed: AdvanceAiEventSeed = {}): DraftSource {
  const { webhookId } = seed
  const invent = inventor(seed)

  function variants(type: AdvanceAiEventType): Recipes[string] {
    const emailTypes = EMAIL_TYPES[type]
    if (emailTypes === undefined) {
      return {
        usual: (fields) => advanceAiEvent(invent, type, fields, webhookId),
        'webhook-id': (fields) => advanceAiEvent(invent, type, fields, webhookId ?? `wh_${invent.text(12)}`),
      }
    }
    const make = (emailType: string) => (fields: Fields) =>
      advanceAiEvent(invent, type, { emailType, ...fields }, webhookId)
    return Object.fromEntries(emailTypes.map((emailType) => [emailType, make(emailType)]))
  }
  const recipes = ADVANCE_AI_EVENT_TYPES.map((type) => [type, variants(type)])
  return draftSource(Object.fromEntries(recipes), seededRandom(seed.seed ?? 1))
}
