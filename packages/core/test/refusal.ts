import { Unusable } from '../src/provider.ts'

/** The `Unusable` that `run` throws. Anything else fails the test. */
export function refusal(run: () => unknown): Unusable {
  try {
    run()
  } catch (error) {
    if (error instanceof Unusable) return error
    throw error
  }
  throw new Error('was not refused')
}
