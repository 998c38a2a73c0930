import { Rejection } from '../../src/errors.ts'

/** The `Rejection` that `run` throws. Anything else fails the test. */
export function rejection(run: () => unknown): Rejection {
  try {
    run()
  } catch (error) {
    if (error instanceof Rejection) return error
    throw error
  }
  throw new Error('was not rejected')
}
