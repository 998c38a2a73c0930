import { Rejection } from './errors.ts'

/**
 * Waits for `work`, but not beyond the budget: then it throws the `Rejection` `budget-exceeded`, whose 503 has the provider
 * send again. The work goes on; a record that lands after all makes the repetition the duplicate that it is. There is no
 * 2xx on a timer.
 */
export function withinBudget<T>(budgetMs: number, work: () => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const startedAt = performance.now()
    const exceeded = () => reject(new Rejection('budget-exceeded'))
    const timer = setTimeout(exceeded, budgetMs)
    work().then(
      (result) => {
        clearTimeout(timer)
        // After a stall of the event loop the work's continuation may run before the overdue timer.
        if (performance.now() - startedAt > budgetMs) exceeded()
        else resolve(result)
      },
      (error: unknown) => {
        clearTimeout(timer)
        reject(error)
      },
    )
  })
}
