import { expect, it } from 'vitest'
import { createSimulator, jsonDraft, type ProviderRules } from '../src/index.ts'
import { listen } from './support/listen.ts'

const rules: ProviderRules = {
  provider: 'acme',
  retrySchedule: [10, 20],
  timeLimitMs: 10_000,
  minTls: 'TLSv1.3',
  headers: { signature: 'X-Acme-Signature' },
  flaws: ['missing-signature'],
  verdict: (status) => (status === 202 ? 'accepted' : 'failed'),
  signature: (body) => `length ${body.length}`,
  unsigned: ({ id }, attempt) => ({ 'X-Acme-Attempt': `${id} ${attempt}` }),
}

it('plays a provider that rules describe', async () => {
  const server = await listen([200, 202])
  const acme = createSimulator(rules, { url: server.url, timeScale: 0 })
  const report = await acme.deliver(jsonDraft('a-1', { said: 'é' }))
  expect(report.outcome).toBe('accepted')
  expect(acme).toMatchObject({ provider: 'acme', retrySchedule: [10, 20], flaws: ['missing-signature'] })
  expect(server.heard.map(({ headers }) => headers)).toMatchObject([
    { 'x-acme-signature': 'length 13', 'x-acme-attempt': 'a-1 1' },
    { 'x-acme-signature': 'length 13', 'x-acme-attempt': 'a-1 2' },
  ])
})

it('lets a mistake in the rules through', async () => {
  const server = await listen([200])
  const verdict = () => {
    throw new Error('no verdict')
  }
  const acme = createSimulator({ ...rules, verdict }, { url: server.url })
  await expect(acme.deliver(jsonDraft('a-1', {}))).rejects.toThrow('no verdict')
})
