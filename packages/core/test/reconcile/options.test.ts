import { describe, expect, it, onTestFinished } from 'vitest'
import { defineProvider } from '../../src/define-provider.ts'
import type { KycEvent } from '../../src/event.ts'
import { silentLogger } from '../../src/logger.ts'
import { memoryInbox } from '../../src/memory-inbox.ts'
import type { Provider } from '../../src/provider.ts'
import { advanceAi } from '../../src/providers/advance-ai.ts'
import { press } from '../../src/providers/press.ts'
import { uip } from '../../src/providers/uip.ts'
import { createReceiver } from '../../src/receiver.ts'
import { identifiedBy } from '../../src/reconcile/identified-by.ts'
import { type Reconciler, reconcile } from '../../src/reconcile/reconcile.ts'
import type { ReconcileOptions } from '../../src/reconcile/reconcile-options.ts'
import { resolveReconcileSettings } from '../../src/reconcile/reconcile-settings.ts'
import { retryIn } from '../../src/reconcile/retry-in.ts'
import { startWorker } from '../../src/start-worker.ts'
import { configurationError } from '../support/configuration-error.ts'
import { SECRETS } from '../support/signed.ts'

const inbox = memoryInbox()
const fetch = () => []

function start<E extends KycEvent>(
  provider: Provider<E>,
  options: Partial<ReconcileOptions<E>> = {},
  on = inbox,
): Reconciler {
  const reconciler = reconcile(on, provider, { fetch, logger: false, ...options })
  onTestFinished(() => reconciler.close())
  return reconciler
}

describe('an option', () => {
  it.each<[string, object, string]>([
    ['every ten minutes less a millisecond for ADVANCE.AI', { everyMs: 599_999 }, 'everyMs'],
    ['minutes for milliseconds', { everyMs: 10 }, 'everyMs'],
    ['longer than a timer', { everyMs: 2 ** 31 }, 'everyMs'],
    ['not a number', { everyMs: Number.NaN }, 'everyMs'],
    ['no time to fetch', { fetchTimeoutMs: 0 }, 'fetchTimeoutMs'],
    ['more time to fetch than there is', { fetchTimeoutMs: 600_001 }, 'fetchTimeoutMs'],
    ['no function to fetch with', { fetch: undefined }, 'fetch'],
    ['a list for a function', { expected: [] }, 'expected'],
    ['text for a hook', { onMissing: 'log' }, 'onMissing'],
    ['missing at once', { missingAfterMs: 0 }, 'missingAfterMs'],
    ['missing after no number', { missingAfterMs: Number.NaN }, 'missingAfterMs'],
    ['a task that is no name', { task: 'KYB results' }, 'task'],
    ['a name that no receiver can have', { name: 'KYB' }, 'name'],
    ['ids that are soon forgotten', { rememberMs: 60_000 }, 'rememberMs'],
    ['a logger that is none', { logger: {} }, 'logger'],
    ['bodies of no size', { maxBodyBytes: 0 }, 'maxBodyBytes'],
  ])('is refused: %s', (_, options, option) => {
    const error = configurationError(() => start(advanceAi(), options))
    expect(error.code).toBe('option-invalid')
    expect(error.message).toContain(`${option} (wanted`)
  })

  it('may go as low as the provider allows', () => {
    start(advanceAi(), { everyMs: 600_000 })
    start(uip(), { everyMs: 1_000 })
    start(press(), { everyMs: 1_000 })
    const own = defineProvider({ ...uip(), name: 'own', polling: { minEveryMs: 5_000 } })
    expect(configurationError(() => start(own, { everyMs: 4_999 })).message).toContain('5000')
  })

  it('has a default that suits the interval', () => {
    const settings = (options: Partial<ReconcileOptions>) =>
      resolveReconcileSettings(uip() as Provider, { fetch, ...options })
    expect(settings({})).toMatchObject({
      ...{ everyMs: 600_000, fetchTimeoutMs: 300_000, missingAfterMs: 86_400_000, task: 'poll', name: 'uip' },
      rememberMs: uip().rememberMs,
    })
    expect(settings({ everyMs: 60_000 })).toMatchObject({ fetchTimeoutMs: 60_000 })
  })

  it('needs an inbox', () => {
    const none = undefined as unknown as typeof inbox
    expect(configurationError(() => reconcile(none, uip(), { fetch }))).toMatchObject({
      code: 'option-invalid',
    })
  })
})

describe('a task', () => {
  it('is polled by one reconciler of a process, until that is closed', async () => {
    const own = memoryInbox()
    const first = start(uip(), {}, own)
    expect(configurationError(() => start(uip(), {}, own)).message).toContain('task')
    start(uip(), { task: 'sessions' }, own)
    start(uip(), { name: 'uip-sandbox' }, own)
    start(uip(), {}, memoryInbox())
    await first.close()
    start(uip(), {}, own)
  })
})

describe('the provider', () => {
  const byFact = identifiedBy(advanceAi(), () => 'x')
  const receiver = (provider: Provider, on: typeof inbox) =>
    createReceiver(provider, { secret: SECRETS['advance-ai'], onEvent() {}, inbox: on, logger: silentLogger })

  it('must make the ids that its receiver makes', async () => {
    const own = memoryInbox()
    const plain = receiver(advanceAi() as Provider, own)
    expect(configurationError(() => start(byFact, {}, own)).message).toContain('provider')
    // Another receiver is another matter.
    start(byFact, { name: 'sandbox' }, own)
    await plain.close()
    const same = receiver(byFact as Provider, own)
    start(byFact, {}, own)
    await same.close()
  })

  it('must make those of a worker too', async () => {
    const own = memoryInbox()
    const worker = startWorker(own, byFact, { onEvent() {}, logger: silentLogger })
    expect(configurationError(() => start(advanceAi(), {}, own)).message).toContain('provider')
    await worker.close()
  })

  it('must make the ids of a receiver or worker that is made later, until the reconciler is closed', async () => {
    const own = memoryInbox()
    const reconciler = start(byFact, {}, own)
    const late = () => startWorker(own, advanceAi(), { onEvent() {}, logger: silentLogger })
    expect(configurationError(() => receiver(advanceAi() as Provider, own)).message).toContain('provider')
    expect(configurationError(late).message).toContain('provider')
    await receiver(byFact as Provider, own).close()
    await reconciler.close()
    await late().close()
  })

  it('may be made anew where it is the same definition', async () => {
    const own = memoryInbox()
    const worker = startWorker(own, uip(), { onEvent() {}, logger: silentLogger })
    start(uip({ scheme: 'timestamped' }), {}, own)
    await worker.close()
  })
})

describe('ready', () => {
  it('resolves when the inbox is open, and rejects when it cannot be', async () => {
    await start(uip(), {}, memoryInbox()).ready
    const closed = memoryInbox()
    await closed.close()
    await expect(start(uip(), {}, closed).ready).rejects.toMatchObject({ code: 'inbox-unavailable' })
  })
})

it.each([
  // After the first failure a minute, then twice that, while the next poll is far enough.
  [{ everyMs: 3_600_000, minEveryMs: 1_000, fetchTimeoutMs: 300_000 }, 1, 0, 60_000],
  [{ everyMs: 3_600_000, minEveryMs: 1_000, fetchTimeoutMs: 300_000 }, 4, 420_000, 480_000],
  [{ everyMs: 3_600_000, minEveryMs: 1_000, fetchTimeoutMs: 300_000 }, 6, 1_860_000, undefined],
  [{ everyMs: 600_000, minEveryMs: 600_000, fetchTimeoutMs: 300_000 }, 1, 0, undefined],
  [{ everyMs: 1_200_000, minEveryMs: 600_000, fetchTimeoutMs: 300_000 }, 1, 0, 600_000],
  [{ everyMs: 1_200_000, minEveryMs: 600_000, fetchTimeoutMs: 300_000 }, 1, 1, undefined],
  [{ everyMs: 86_400_000, minEveryMs: 1_000, fetchTimeoutMs: 300_000 }, 100, 0, undefined],
])(
  '%o after failure %d, %d ms into the interval, is made again in %d ms',
  (times, failures, elapsedMs, waitMs) => {
    const settings = { ...resolveReconcileSettings(uip() as Provider, { fetch }), ...times }
    expect(retryIn(settings, { failures, elapsedMs })).toBe(waitMs)
  },
)
