import { describe, expect, test } from 'vitest'
import { adapterCases, adapterContract, runAdapterCase } from '../src/index.ts'
import { brokenAdapters } from './broken-adapters.ts'
import { appWith, plainAdapter } from './plain-adapter.ts'

adapterContract('node:http, as it should be', appWith(plainAdapter))

// Side by side: most of them are caught by a reply that does not come.
describe.concurrent('the contract fails an adapter that', () => {
  test.each(brokenAdapters)('%s', async (_defect, adapter, caught) => {
    const adapterCase = adapterCases.find(({ name }) => name === caught)
    if (adapterCase === undefined) throw new Error(`there is no case named: ${caught}`)
    const failure = await runAdapterCase(adapterCase, appWith(adapter)).catch((error: unknown) => error)
    // What a case says of an adapter, and nothing that went wrong in the test itself.
    expect(String(failure)).toMatch(/^AssertionError|nothing came|closed first|no log line|Timeout of/)
  })
})
