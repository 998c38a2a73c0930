import type { PreparedDelivery } from '@kyc-webhooks/simulator'
import { told, type Wanted } from './exchange.ts'
import { type Conclusion, fail, pass } from './point.ts'
import type { Trial } from './trial.ts'

/** One thing to send, in words and in bytes. */
export type Step = readonly [sent: string, delivery: PreparedDelivery]

/**
 * Sends all of them, one after the other, and fails when a reply is not what is wanted. Where one gets no reply, the others
 * are not sent: each might be waited for as long, or find nobody there.
 */
export async function expectEach(trial: Trial, wanted: Wanted, steps: readonly Step[]): Promise<Conclusion> {
  const wrong: string[] = []
  const statuses = new Set<string>()
  for (const [index, [sent, delivery]] of steps.entries()) {
    const reply = await trial.send(sent, delivery, wanted)
    statuses.add(told(reply))
    if (!wanted.holds(reply)) wrong.push(`${sent}: ${told(reply)}`)
    if (reply.status !== undefined) continue
    const left = steps.length - index - 1
    if (left > 0) wrong.push(`${left} more not sent after that`)
    break
  }
  if (wrong.length > 0) return fail(`${wrong.join('; ')}. Wanted: ${wanted.words}.`)
  const [count, all] = [steps.length, [...statuses].join(', ')]
  return pass(count === 1 ? `answered ${all}` : `${count} deliveries, each answered ${all}`)
}
