import { setTimeout as delay } from 'node:timers/promises'
import { eventIds } from '@kyc-webhooks/example-harness'
import type { DeliveryAttempt } from '@kyc-webhooks/simulator'
import type { Stage } from './stage.ts'
import type { Seen, Step } from './step.ts'

/** Longer than the waits between the attempts of a handler that fails twice. */
const PATIENCE_MS = 15_000

/** A step that was sent. */
export interface Sent {
  step: Step
  /** What can be seen of it at this moment. */
  look: () => Seen
}

/** Sends a step once; or, with its provider's retries, however often it takes. */
export async function send(
  stage: Stage,
  step: Step,
  { retries = false }: { retries?: boolean } = {},
): Promise<Sent> {
  const { witness } = stage
  const ids = eventIds(step.draft)
  const before = witness.handlerLines().length
  const attempts: readonly DeliveryAttempt[] = retries
    ? (await step.simulator.deliver(step.draft)).attempts
    : [await step.simulator.send(step.prepare())]
  const said = await witness.next()
  const handler = () =>
    witness
      .handlerLines()
      .slice(before)
      .filter(({ id }) => ids.includes(id))
  return { step, look: () => ({ attempts, said, ids, handler: handler() }) }
}

/** Waits until the inbox has nothing left to hand to the handler. False: it still has. */
export async function atRest({ inbox }: Stage): Promise<boolean> {
  const end = performance.now() + PATIENCE_MS
  while (performance.now() < end) {
    const { waiting, running } = await inbox.stats()
    if (waiting + running === 0) return true
    await delay(10)
  }
  return false
}
