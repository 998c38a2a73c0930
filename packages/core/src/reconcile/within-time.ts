/** Why what took too long was given up. */
class TimeoutError extends Error {
  override name = 'timeout'
}

/** Waits for a promise until the signal aborts, then rejects with its reason. What the promise comes to after that, nobody hears. */
export async function unlessAborted<T>(signal: AbortSignal, promise: T | Promise<T>): Promise<T> {
  const aborted = Promise.withResolvers<never>()
  const abort = () => aborted.reject(signal.reason)
  signal.addEventListener('abort', abort)
  if (signal.aborted) abort()
  try {
    return await Promise.race([aborted.promise, promise])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

/** Runs `work` with a signal that aborts when time is up, or with the one that is given. Does not keep the process alive. */
export async function withinTime<T>(
  ms: number,
  closing: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const timeUp = new AbortController()
  const timer = setTimeout(() => timeUp.abort(new TimeoutError()), ms).unref()
  try {
    return await work(AbortSignal.any([closing, timeUp.signal]))
  } finally {
    clearTimeout(timer)
  }
}
