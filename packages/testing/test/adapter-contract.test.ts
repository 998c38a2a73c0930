import { describe, expect, test } from 'vitest'
import { adapterCases, adapterContract, type MakeAdapterApp, runAdapterCase } from '../src/index.ts'
import { brokenAdapters } from './broken-adapters.ts'
import { brokenUnderTorture } from './broken-under-torture.ts'
import { appWith, plainAdapter } from './plain-adapter.ts'

adapterContract('node:http, as it should be', appWith(plainAdapter))

async function expectCaught(makeApp: MakeAdapterApp, caught: string): Promise<void> {
  const adapterCase = adapterCases.find(({ name }) => name === caught)
  if (adapterCase === undefined) throw new Error(`there is no case named: ${caught}`)
  const failure = await runAdapterCase(adapterCase, makeApp).catch((error: unknown) => error)
  // What a case says of an adapter, and nothing that went wrong in the test itself.
  expect(String(failure)).toMatch(/^AssertionError|nothing came|closed first|no log line|Timeout of/)
}

// Side by side: most of them are caught by a reply that does not come.
describe.concurrent('the contract fails an adapter that', () => {
  test.each(brokenAdapters)('%s', async (_defect, adapter, caught) => expectCaught(appWith(adapter), caught))
})

// One after the other: they are loaded, and one of them is blocked.
describe('the contract fails an application that', () => {
  test.each(brokenUnderTorture)('%s', async (_defect, makeApp, caught) => expectCaught(makeApp, caught))
})
