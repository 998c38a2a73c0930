import { describe, test } from 'vitest'
import type { EngineFixture, InboxCase } from './inbox-case.ts'
import { claimCases } from './inbox-cases-claim.ts'
import { discardCases } from './inbox-cases-discard.ts'
import { eraseCases } from './inbox-cases-erase.ts'
import { guardCases } from './inbox-cases-guard.ts'
import { handOverCases } from './inbox-cases-hand-over.ts'
import { inboxCases } from './inbox-cases-inbox.ts'
import { keepCases } from './inbox-cases-keep.ts'
import { moveCases } from './inbox-cases-move.ts'
import { nonceCases } from './inbox-cases-nonce.ts'
import { quarantineCases } from './inbox-cases-quarantine.ts'
import { recordCases } from './inbox-cases-record.ts'
import { restartCases } from './inbox-cases-restart.ts'
import { SEALED, sealCases } from './inbox-cases-seal.ts'
import { settleCases } from './inbox-cases-settle.ts'
import { shareCases } from './inbox-cases-share.ts'
import { takeOverCases } from './inbox-cases-take-over.ts'
import { unverifiedCases } from './inbox-cases-unverified.ts'
import { workCases } from './inbox-cases-work.ts'

/** Everything that core's `InboxEngine` promises, as data: so that it can also be shown to fail. */
export const engineCases: readonly InboxCase[] = [
  ...recordCases,
  ...nonceCases,
  ...quarantineCases,
  ...claimCases,
  ...settleCases,
  ...keepCases,
  ...discardCases,
  ...eraseCases,
  ...guardCases,
  ...unverifiedCases,
  ...moveCases,
  ...handOverCases,
  ...takeOverCases,
  ...shareCases,
]

export type MakeFixture = () => EngineFixture | Promise<EngineFixture>

/** Runs one case on a store of its own. Rejects when the engine does not pass. */
export async function runInboxCase(inboxCase: InboxCase, make: MakeFixture): Promise<void> {
  const fixture = await make()
  try {
    await inboxCase.run(fixture)
  } finally {
    await fixture.destroy()
  }
}

export interface ContractOptions {
  /** Do stores outlive their engine, and may several engines share one? */
  persistent: boolean
  /** Does one process at a time run the events of a receiver? @default true */
  exclusive?: boolean
}

/** Holds a storage engine to its port, and the inbox on it to its interface. `make` gives a new, empty store. */
export function inboxContract(
  name: string,
  { persistent, exclusive = true }: ContractOptions,
  make: MakeFixture,
): void {
  const applying = (cases: readonly InboxCase[]) =>
    cases.filter((each) => (persistent || !each.persistent) && (exclusive || !each.exclusive))
  const inboxes = [...inboxCases, ...workCases, ...restartCases]
  const suites = { engine: engineCases, inbox: inboxes, encryption: sealCases }
  describe.each(Object.entries(suites))(`inbox contract of ${name}: %s`, (_, cases) => {
    for (const inboxCase of applying(cases)) test(inboxCase.name, () => runInboxCase(inboxCase, make))
  })
  describe(`inbox contract of ${name}: inbox, sealed`, () => {
    const sealed: MakeFixture = async () => ({ ...(await make()), options: { encryption: SEALED } })
    for (const inboxCase of applying(inboxes)) test(inboxCase.name, () => runInboxCase(inboxCase, sealed))
  })
}
