import {
  createReceiver,
  type ErrorCode,
  isKycWebhookError,
  type KycEvent,
  memoryInbox,
  type Provider,
  type SignatureScheme,
} from '@kyc-webhooks/core'
import type { Capture } from './capture.ts'

/** A capture, with what it is to be verified by. */
export interface Suspect extends Capture {
  readonly provider: Provider<KycEvent>
  readonly secret: string
}

/** What core's receiver makes of it, at a time in milliseconds. Everything about secrets and headers is core's to say. */
export async function judge(suspect: Suspect, at: number): Promise<'accepted' | ErrorCode> {
  const { provider, secret, rawHeaders, body } = suspect
  const inbox = memoryInbox()
  try {
    const receiver = createReceiver(provider, {
      ...{ secret, inbox, receiveOnly: true, logger: false },
      now: () => at,
      // The provider's patience is not at stake.
      budgetMs: 60_000,
    })
    const request = { method: 'POST', remoteAddress: undefined, tls: undefined }
    const reply = await receiver.receive({ ...request, rawHeaders, readBody: async () => body })
    await receiver.close()
    return reply.status === 200 ? 'accepted' : JSON.parse(reply.body).error.code
  } catch (error) {
    // A secret that is none.
    if (isKycWebhookError(error)) return error.code
    throw error
  } finally {
    await inbox.close()
  }
}

/** Is the signature right, whatever else may be wrong? */
export async function isAuthentic(suspect: Suspect): Promise<boolean> {
  const { timestamp: _, nonce: __, ...provider } = suspect.provider
  return (await judge(unread({ ...suspect, provider }), Date.now())) === 'accepted'
}

/** Is its timestamp fresh, whatever may be in the body? Of what is authentic. */
export async function isFresh(suspect: Suspect, at: number): Promise<boolean> {
  return (await judge(unread(suspect), at)) === 'accepted'
}

/** The same with nobody to read the body. */
const unread = (suspect: Suspect): Suspect => ({
  ...suspect,
  provider: { ...suspect.provider, normalise: () => ({ id: undefined, events: [] }) },
})

/** The same with another scheme. */
export function signedOtherwise(suspect: Suspect, scheme: Partial<SignatureScheme>): Suspect {
  const { provider } = suspect
  return { ...suspect, provider: { ...provider, signature: { ...provider.signature, ...scheme } } }
}

/** The same with the key itself, whatever the secret. */
export const keyed = (suspect: Suspect, key: Uint8Array): Suspect =>
  signedOtherwise({ ...suspect, secret: 'the key is given' }, { key: () => key })
