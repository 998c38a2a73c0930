import { eventIds } from '@kyc-webhooks/example-harness'
import { uipEvents } from '@kyc-webhooks/simulator'
import { canShim } from '@kyc-webhooks/testing/io-shim'
import { describe, expect, test, vi } from 'vitest'
import { serve } from './support/serving.ts'

/** A status, whoever waits for it. */
const statusOf = ({ attempts }: { attempts: readonly { status?: number | undefined }[] }) =>
  attempts[0]?.status

describe.runIf(canShim)('what a reply says of the disk', { timeout: 120_000 }, () => {
  test('each 200 comes after a sync of its own that has returned', async () => {
    const { uip, shim } = await serve({ RECEIVE_ONLY: '1' })
    const draft = uipEvents({ seed: 1 })
    expect(statusOf(await uip.deliver(draft.of('identify')))).toBe(200)
    const before = shim.log().length
    for (let n = 0; n < 20; n++) expect(statusOf(await uip.deliver(draft.of('identify')))).toBe(200)
    expect(shim.log().slice(before)).toEqual(Array.from({ length: 20 }, () => ['sync', '200']).flat())
  })

  test('deliveries that come together share a sync, which all of their 200s come after', async () => {
    const { uip, shim } = await serve({ RECEIVE_ONLY: '1' })
    const draft = uipEvents({ seed: 1 })
    expect(statusOf(await uip.deliver(draft.of('identify')))).toBe(200)
    const before = shim.log().length
    const drafts = Array.from({ length: 100 }, () => draft.of('identify'))
    const statuses = (await Promise.all(drafts.map((each) => uip.deliver(each)))).map(statusOf)
    expect(statuses).toEqual(drafts.map(() => 200))
    const log = shim.log().slice(before)
    expect(log[0]).toBe('sync')
    expect(log.filter((line) => line === 'sync').length).toBeLessThan(50)
  })

  test.each(['writes', 'syncs'] as const)(
    'a disk whose %s fail: 503, no 200, and everything again when it is well',
    async (calls) => {
      const { uip, shim, handled } = await serve()
      const draft = uipEvents({ seed: 2 })
      const kept = draft.of('identify')
      expect(statusOf(await uip.deliver(kept))).toBe(200)
      await vi.waitFor(() => expect(handled()).toEqual(eventIds(kept)), { timeout: 20_000 })

      shim.fail({ at: 'all', calls, error: calls === 'writes' ? 'ENOSPC' : 'EIO' })
      const refused = Array.from({ length: 5 }, () => draft.of('identify'))
      for (const each of refused) expect(statusOf(await uip.deliver(each))).toBe(503)
      expect(shim.failures()).toBeGreaterThan(0)

      shim.heal()
      for (const each of refused) expect(statusOf(await uip.deliver(each))).toBe(200)
      const all = [kept, ...refused].flatMap(eventIds)
      await vi.waitFor(() => expect(handled().toSorted()).toEqual(all.toSorted()), { timeout: 30_000 })
    },
  )
})
