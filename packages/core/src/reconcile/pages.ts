import { KycWebhookError } from '../errors.ts'
import type { PolledResult, PolledResults, PollScope } from './reconcile-options.ts'
import { unlessAborted } from './within-time.ts'

/**
 * The pages that a user's `fetch` gives, each asked for when the one before it is done with. Rejects with what `fetch`
 * throws, and with the signal's reason as soon as that aborts, whether or not `fetch` minds it.
 */
export async function* pages(
  fetch: (scope: PollScope) => PolledResults | Promise<PolledResults>,
  signal: AbortSignal,
): AsyncGenerator<readonly PolledResult[]> {
  const results: unknown = await unlessAborted(signal, fetch({ signal }))
  if (!isAsyncIterable(results)) return yield listOf(results)
  const iterator = results[Symbol.asyncIterator]()
  let isOver = false
  try {
    for (;;) {
      const { done, value } = await unlessAborted(signal, iterator.next())
      isOver = done === true
      if (isOver) return
      yield listOf(value)
    }
  } finally {
    // Not waited for: a generator that hangs would have us wait for ever.
    if (!isOver) quietly(() => iterator.return?.())
  }
}

function listOf(value: unknown): readonly PolledResult[] {
  if (Array.isArray(value)) return value
  throw new KycWebhookError(
    'option-invalid',
    'fetch (wanted: a list of results, or an async iterable of lists)',
  )
}

const isAsyncIterable = (value: unknown): value is AsyncIterable<unknown> =>
  typeof value === 'object' && value !== null && Symbol.asyncIterator in value

function quietly(call: () => Promise<unknown> | undefined): void {
  Promise.resolve()
    .then(call)
    .catch(() => {})
}
