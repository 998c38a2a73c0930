import { expect } from 'vitest'
import type { RejectionCode } from '../../src/errors.ts'
import type { KycEvent } from '../../src/event.ts'
import { codeOf, type Receiving } from './receiving.ts'
import type { Delivery } from './signed.ts'

/**
 * Delivers, and expects a refusal that leaves no trace: nothing recorded, nothing in quarantine, and one line in the log
 * that has the code and none of the header values. Gives the code.
 */
export async function refused<E extends KycEvent>(
  { receive, inbox, log }: Receiving<E>,
  delivery: Delivery,
): Promise<RejectionCode> {
  const before = await inbox.stats()
  const lines = log.lines.length
  const reply = await receive(delivery)
  const code = codeOf(reply)
  expect([400, 401, 403]).toContain(reply.status)
  expect(await inbox.stats()).toEqual(before)
  expect(log.lines.slice(lines)).toEqual([
    expect.objectContaining({ level: 'warn', code, status: reply.status }),
  ])
  const logged = JSON.stringify(log.lines.slice(lines))
  for (const values of Object.values(delivery.headers)) {
    for (const value of [values ?? []].flat()) if (value.length > 8) expect(logged).not.toContain(value)
  }
  return code
}
