import { KycWebhookError } from './errors.ts'
import type { KycEvent } from './event.ts'
import type { Provider } from './provider.ts'

/**
 * Checks a provider definition and freezes it. A provider of your own takes about 60 lines:
 * `docs/guides/own-provider.md` shows one. Throws `provider-invalid`.
 */
export function defineProvider<E extends KycEvent>(provider: Provider<E>): Provider<E> {
  const check = (holds: boolean, wanted: string): void => {
    if (!holds) throw new KycWebhookError('provider-invalid', wanted)
  }
  check(
    /^[a-z0-9][a-z0-9-]{0,63}$/.test(provider.name),
    '`name` must be lower-case letters, digits and hyphens',
  )
  const headers = [
    provider.signature.header,
    provider.timestamp?.header,
    provider.nonce?.header,
    ...Object.values(provider.hints ?? {}),
    ...(provider.keepHeaders ?? []),
  ].filter((header) => header !== undefined)
  for (const header of headers)
    check(/^[a-z0-9!#$%&'*+.^_`|~-]+$/.test(header), `the header name ${header} must be in lower case`)
  check(
    ['sha256', 'sha512'].includes(provider.signature.algorithm),
    '`signature.algorithm` must be sha256 or sha512',
  )
  check(['hex', 'base64'].includes(provider.signature.encoding), '`signature.encoding` must be hex or base64')
  check(provider.accepted.status === 200, '`accepted.status` must be 200: some providers take nothing else')
  check(
    provider.budgetMs >= 1 && provider.budgetMs <= 2_147_483_647,
    '`budgetMs` must be a number of milliseconds from 1',
  )
  check(
    Number.isFinite(provider.polling?.minEveryMs ?? 1) && (provider.polling?.minEveryMs ?? 1) >= 1,
    '`polling.minEveryMs` must be a number of milliseconds from 1',
  )
  return Object.freeze(provider)
}
