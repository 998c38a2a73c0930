import { publish } from './diagnostics.ts'
import { printable } from './error-text.ts'
import { KycWebhookError } from './errors.ts'
import type { Inbox, Worker } from './inbox/inbox.ts'
import type { Provider } from './provider.ts'
import type { WorkerOptions } from './receiver-options.ts'
import { redriven } from './redriven.ts'
import type { Settings } from './settings.ts'
import { type Handlers, handle } from './steps/handle.ts'

/** Hands the events of a receiver to its handlers: the last step of a delivery's way, after the reply. */
export function startWork(
  provider: Provider,
  options: WorkerOptions & { inbox: Inbox },
  settings: Settings,
): Worker {
  const { name: receiver, logger } = settings
  const handlers = { receiver, ...resolveHandlers(options) }
  const unhandled = new Set<string>()
  const onUnhandled = (name: string): void => {
    const type = printable(name)
    if (unhandled.has(type) || unhandled.size > 1_000) return
    unhandled.add(type)
    logger.warn({ receiver, type }, 'no handler for this type of event: its events are settled without one')
  }
  return options.inbox.work({
    receiver,
    run: (claim, attempt) => handle(handlers, claim, attempt, onUnhandled),
    redrive: (row) => redriven(provider, settings, row),
    concurrency: settings.concurrency,
    timeoutMs: settings.handlerTimeoutMs,
    transactional: settings.transactional,
    retry: settings.retry,
    keepHandledMs: settings.keepHandledMs,
    logger,
    now: settings.now,
    random: settings.random,
    onDeadLetter: options.onDeadLetter,
    onAttempt: (durationMs, outcome) => publish('handle', receiver, provider.name, durationMs, outcome),
  })
}

function resolveHandlers({ on = {}, onEvent }: WorkerOptions): Omit<Handlers, 'receiver'> {
  const byType = new Map(Object.entries(on).filter(([, handler]) => handler !== undefined))
  for (const [type, handler] of [...byType, ['onEvent', onEvent] as const]) {
    if (handler !== undefined && typeof handler !== 'function') {
      throw new KycWebhookError('option-invalid', `the handler for ${type} is not a function`)
    }
  }
  if (byType.size === 0 && onEvent === undefined) {
    throw new KycWebhookError(
      'handler-missing',
      'give `onEvent`, or `on` with a handler for each type of event',
    )
  }
  return { byType: byType as Handlers['byType'], other: onEvent }
}

/** A receiver that only records has no use for handlers: whoever gives some expects them to run. */
export function refuseHandlers({ on, onEvent }: WorkerOptions): undefined {
  if (on === undefined && onEvent === undefined) return
  throw new KycWebhookError('option-invalid', 'receiveOnly (wanted: no handlers; give them to startWorker)')
}
