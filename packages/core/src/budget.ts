import { Rejection } from './errors.ts'

/**
 * Waits for `work`, but not beyond the budget: then it throws the `Rejection` `budget-exceeded`, whose 503 has the provider
 * send again. The work goes on; a record that lands after all makes the repetition the duplicate that it is. There is no
 * 2xx on a timer.
 */
export async function withinBudget<T>(budgetMs: number, work: () => Promise<T>): Promise<T> {
  const startedAt = performance.now()
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new Rejection('budget-exceeded')), budgetMs)
  try {
    const result = await Promise.race([work(), late.promise])
    // After a stall of the event loop the work's continuation may run before the overdue timer.
    if (performance.now() - startedAt > budgetMs) throw new Rejection('budget-exceeded')
    return result
  } finally {
    clearTimeout(timer)
  }
}
