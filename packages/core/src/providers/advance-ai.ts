import { defineProvider } from '../define-provider.ts'
import { oneOf } from '../option-checks.ts'
import { type AuthenticDelivery, type Normalised, type Provider, Unusable } from '../provider.ts'
import { base64Key } from '../secret-key.ts'
import type { AdvanceAiEvent } from './advance-ai-events.ts'
import { isObject, textOf, withTextIds } from './fields.ts'

export interface AdvanceAiOptions {
  /** As configured for the webhook in ACMP: never told from what arrives. @default 'sha256' */
  algorithm?: 'sha256' | 'sha512' | undefined
  /** True: refuse a repeated nonce also when it comes with the event that used it, as a retry may. @default false */
  strictNonce?: boolean | undefined
}

const ID_FIELDS = ['signatureId', 'id', 'profileId', 'caseId', 'alertId']

/** ADVANCE.AI Identity Verification (ACMP). */
export function advanceAi({
  algorithm = 'sha256',
  strictNonce = false,
}: AdvanceAiOptions = {}): Provider<AdvanceAiEvent> {
  oneOf('algorithm', algorithm, ['sha256', 'sha512'])
  oneOf('strictNonce', strictNonce, [true, false])
  return defineProvider<AdvanceAiEvent>({
    name: 'advance-ai',
    // "How to sign": Base64( HMAC(Base64.decode(sharedSecretFromConsole), rawRequestBody) ); timestamp and nonce are not part of it.
    signature: {
      header: 'aai-signature',
      algorithm,
      encoding: 'base64',
      key: (secret) => base64Key(secret),
      signedContent: ({ body }) => [body],
      missingHint:
        'notifications to a `callbackUrl` given in an API call are not signed: configure the webhook in ACMP and pass no callbackUrl',
    },
    // "Step 2": within 5 minutes of current time, either way.
    timestamp: { header: 'aai-timestamp', toleranceMs: 300_000 },
    nonce: { header: 'aai-nonce', strict: strictNonce },
    // The provider waits 60 seconds; nothing is gained by making it wait that long.
    budgetMs: 15_000,
    // Timestamp and nonce are outside the signature, so only the remembered eventId stops a captured delivery.
    rememberMs: 90 * 86_400_000,
    accepted: { status: 200, contentType: 'application/json', body: '{"status":"accepted"}' },
    // "We recommend a polling interval of 10 minutes or greater." Its results have a signatureId, and no eventId.
    polling: { minEveryMs: 600_000, sharesIds: false },
    normalise: normaliseAdvanceAi,
  })
}

function normaliseAdvanceAi(delivery: AuthenticDelivery): Normalised<AdvanceAiEvent> {
  const body = delivery.json()
  if (!isObject(body)) throw new Unusable('the body is not a JSON object')
  const id = textOf(body.eventId)
  if (id === undefined) throw new Unusable('`eventId` is missing')
  if (typeof body.eventType !== 'string' || body.eventType === '')
    throw new Unusable('`eventType` is not a name')
  const fields = body.data ?? {}
  if (!isObject(fields)) throw new Unusable('`data` is not an object')
  const data = withTextIds(fields, ID_FIELDS)
  const webhookId = textOf(body.webhookId)
  const event = {
    specversion: '1.0',
    id,
    source: 'https://advance.ai',
    type: body.eventType,
    ...subjectOf(data),
    ...timeOf(data.updatedAt),
    datacontenttype: 'application/json',
    data,
    provider: 'advance-ai',
  }
  return {
    id,
    events: [event as AdvanceAiEvent],
    ...(webhookId === undefined ? {} : { subscriptionId: webhookId }),
  }
}

/** The verification, business application or screened profile. A KYB e-mail names only an address, which is no subject. */
function subjectOf(data: Record<string, unknown>): { subject?: string } {
  const subject = textOf(data.signatureId) ?? textOf(data.id) ?? textOf(data.profileId)
  return subject === undefined ? {} : { subject }
}

/** `updatedAt` is in Unix seconds; a date that cannot be is no time. */
function timeOf(updatedAt: unknown): { time?: string } {
  const isSeconds =
    typeof updatedAt === 'number' &&
    Number.isInteger(updatedAt) &&
    updatedAt >= 0 &&
    updatedAt < 253_402_300_800
  return isSeconds ? { time: new Date(updatedAt * 1_000).toISOString() } : {}
}
