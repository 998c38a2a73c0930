import { expect, test } from 'vitest'
import { POINTS } from '../../src/checklist/points.ts'
import type { ProviderName } from '../../src/providers.ts'
import { pages } from './support/pages.ts'

const PAGES = {
  press: pages('press-network-flow.txt', 'press-signature-verification.txt'),
  uip: pages('uip-webhooks.txt'),
  'advance-ai': pages('advance-ai-webhook.txt'),
}

for (const provider of Object.keys(PAGES) as ProviderName[]) {
  const { found, remark, text } = PAGES[provider]
  const quotes = POINTS.flatMap(({ pages: { [provider]: page } }) => page?.says ?? [])

  test.skipIf(!found)(`${provider}: what a point quotes stands on the page, word for word${remark}`, () => {
    const page = text()
    expect(quotes.length).toBeGreaterThan(5)
    expect(quotes.filter((quote) => !page.includes(quote))).toEqual([])
  })
}
