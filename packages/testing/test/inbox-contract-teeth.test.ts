import { describe, expect, test } from 'vitest'
import { engineCases, runInboxCase } from '../src/inbox-contract.ts'
import type { Fault } from './support/inbox-broken-engine.ts'
import { claimFaults } from './support/inbox-faults-claim.ts'
import { discardFaults } from './support/inbox-faults-discard.ts'
import { eraseFaults, guardFaults } from './support/inbox-faults-erase.ts'
import { moveFaults } from './support/inbox-faults-move.ts'
import { movingFaults } from './support/inbox-faults-moving.ts'
import { quarantineFaults } from './support/inbox-faults-quarantine.ts'
import { recordFaults } from './support/inbox-faults-record.ts'
import { settleFaults } from './support/inbox-faults-settle.ts'
import { sharedStore, shareFaults } from './support/inbox-faults-share.ts'
import { unverifiedFaults } from './support/inbox-faults-unverified.ts'

const FAULTS = Object.entries({
  ...{
    ...recordFaults,
    ...quarantineFaults,
    ...claimFaults,
    ...settleFaults,
    ...discardFaults,
    ...eraseFaults,
    ...guardFaults,
    ...unverifiedFaults,
    ...moveFaults,
    ...movingFaults,
    ...shareFaults,
  },
})

/** Names of the cases that engines with this fault do not pass. */
async function failedCases(fault?: Fault): Promise<string[]> {
  const failed: string[] = []
  for (const each of engineCases) {
    await runInboxCase(each, () => sharedStore(fault)).catch(() => failed.push(each.name))
  }
  return failed
}

test('an engine without a fault passes every case', async () => {
  expect(await failedCases()).toEqual([])
})

describe('the inbox contract notices an engine that', () => {
  const noticed = new Set<string>()

  for (const [name, { noticedBy, fault }] of FAULTS) {
    test(name, async () => {
      const failed = await failedCases(fault)
      for (const each of failed) noticed.add(each)
      expect(failed).toContain(noticedBy)
    })
  }

  test('has any fault: every case has noticed one', () => {
    expect(engineCases.map(({ name }) => name).filter((name) => !noticed.has(name))).toEqual([])
  })
})
