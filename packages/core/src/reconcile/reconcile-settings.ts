import type { KycEvent } from '../event.ts'
import { duration, invalid, positive } from '../option-checks.ts'
import type { Provider } from '../provider.ts'
import { resolveSettings, type Settings } from '../settings.ts'
import type { ReconcileOptions } from './reconcile-options.ts'

/** Options of `reconcile`, checked and complete: every default of `ReconcileOptions` is applied here and nowhere else. */
export interface ReconcileSettings
  extends Pick<Settings, 'name' | 'maxBodyBytes' | 'rememberMs' | 'logger' | 'now' | 'random'> {
  task: string
  everyMs: number
  /** What the provider asks for: `everyMs` is not less. */
  minEveryMs: number
  fetchTimeoutMs: number
  missingAfterMs: number
}

/** Nobody means less, and who counted in seconds hears of it. */
const LEAST_EVERY_MS = 1_000

/** Throws `option-invalid`. */
export function resolveReconcileSettings<E extends KycEvent>(
  provider: Provider<E>,
  options: ReconcileOptions<E>,
): ReconcileSettings {
  const { task = 'poll', everyMs = 600_000, missingAfterMs = 86_400_000 } = options
  const minEveryMs = Math.max(LEAST_EVERY_MS, provider.polling?.minEveryMs ?? LEAST_EVERY_MS)
  duration('everyMs', everyMs)
  if (everyMs < minEveryMs)
    invalid('everyMs', `at least ${minEveryMs}: ${provider.name} may be asked no sooner`)
  const { fetchTimeoutMs = Math.min(300_000, everyMs) } = options
  duration('fetchTimeoutMs', fetchTimeoutMs)
  if (fetchTimeoutMs > everyMs) invalid('fetchTimeoutMs', 'at most everyMs: two polls shall not meet')
  if (!/^[a-z0-9][a-z0-9-]{0,63}$/.test(task))
    invalid('task', 'lower-case letters, digits and hyphens, at most 64')
  if (typeof options.fetch !== 'function') invalid('fetch', 'a function')
  for (const option of ['expected', 'onMissing'] as const)
    if (options[option] !== undefined && typeof options[option] !== 'function') invalid(option, 'a function')
  const { name, maxBodyBytes, rememberMs, logger, now, random } = general(provider, options)
  return {
    ...{ name, maxBodyBytes, rememberMs, logger, now, random },
    ...{ task, everyMs, minEveryMs, fetchTimeoutMs },
    missingAfterMs: positive('missingAfterMs', missingAfterMs),
  }
}

/** What a receiver of that name has, so that ids are scoped and remembered alike. */
function general<E extends KycEvent>(provider: Provider<E>, options: ReconcileOptions<E>): Settings {
  const { name, maxBodyBytes, rememberMs, logger, now, random } = options
  const settings = { name, maxBodyBytes, rememberMs, logger, now, random }
  return resolveSettings(provider as unknown as Provider, settings)
}
