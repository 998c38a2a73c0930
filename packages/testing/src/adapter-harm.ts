import { expect } from 'vitest'
import type { AdapterFixture } from './adapter-case.ts'
import { sampleBody } from './adapter-samples.ts'

/**
 * What must hold whatever was done before: a good delivery is accepted, the inbox has what was acknowledged and nothing
 * else, and each of it was handled once.
 */
export async function expectUnharmed(
  { deliver, inbox, handled, handledUntil }: AdapterFixture,
  acknowledged: readonly string[],
): Promise<void> {
  expect((await deliver(sampleBody('good'))).status, 'a good delivery afterwards').toBe(200)
  const ids = [...acknowledged, 'good'].sort()
  expect((await inbox.events({ limit: ids.length + 1_000 })).map(({ context }) => context.id).sort()).toEqual(
    ids,
  )
  expect(await inbox.quarantined()).toEqual([])
  await handledUntil(ids.length)
  expect(handled.map(({ id }) => id).sort()).toEqual(ids.map((id) => `event of ${id}`))
}
