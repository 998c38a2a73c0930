/** What the signers of others sign, we accept; what their verifiers refuse, we refuse. */
import { sign, verify } from '@octokit/webhooks-methods'
import fc from 'fast-check'
import { Webhook } from 'standardwebhooks'
import Stripe from 'stripe'
import { describe, expect, it } from 'vitest'
import type { Provider } from '../../src/provider.ts'
import { readCredentials } from '../../src/steps/credentials.ts'
import { checkFreshness } from '../../src/steps/freshness.ts'
import { accepts, headOf } from '../support/accepts.ts'
import { mutated, mutation } from '../support/mutations.ts'
import { runs } from '../support/runs.ts'
import { type Delivery, withHeaders } from '../support/signed.ts'
import { github, stripe } from './peers.ts'
import { standardWebhooks } from './standard-webhooks.ts'

interface Peer {
  name: string
  provider: Provider
  secret: string
  sign: (body: string) => Delivery | Promise<Delivery>
  /** Whether the peer's own verifier accepts it. */
  verifies: (delivery: Delivery) => boolean | Promise<boolean>
  /** The headers that the peer's scheme knows. */
  headers: readonly string[]
  /** Name of the header whose hex digits we take in either case, as the same bytes, and the peer in lower case alone. */
  hex?: string
}

const standardSecret = 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD'
const textSecret = 'whsec_0123456789abcdef0123456789abcdef'
const { webhooks } = new Stripe('sk_test_none')
const value = ({ headers }: Delivery, name: string) => String(headers[name] ?? '')
const succeeds = (run: () => unknown): boolean => {
  try {
    run()
    return true
  } catch {
    return false
  }
}

const peers: readonly Peer[] = [
  {
    name: 'standardwebhooks',
    provider: standardWebhooks as Provider,
    secret: standardSecret,
    headers: ['webhook-id', 'webhook-timestamp', 'webhook-signature'],
    sign(body) {
      const now = new Date()
      const headers = {
        'webhook-id': 'msg_1',
        'webhook-timestamp': String(Math.floor(now.getTime() / 1_000)),
        'webhook-signature': new Webhook(standardSecret).sign('msg_1', now, body),
      }
      return { headers, body: Buffer.from(body) }
    },
    verifies: ({ headers, body }) =>
      succeeds(() =>
        new Webhook(standardSecret).verify(Buffer.from(body), headers as Record<string, string>),
      ),
  },
  {
    name: '@octokit/webhooks-methods',
    provider: github as Provider,
    secret: textSecret,
    headers: ['x-hub-signature-256'],
    hex: 'x-hub-signature-256',
    async sign(body) {
      const headers = { 'x-hub-signature-256': await sign(textSecret, body) }
      return { headers, body: Buffer.from(body) }
    },
    verifies: (delivery) =>
      verify(textSecret, Buffer.from(delivery.body).toString(), value(delivery, 'x-hub-signature-256')).catch(
        () => false,
      ),
  },
  {
    name: 'stripe',
    provider: stripe as Provider,
    secret: textSecret,
    headers: ['stripe-signature'],
    hex: 'stripe-signature',
    sign(body) {
      const signature = webhooks.generateTestHeaderString({ payload: body, secret: textSecret })
      return { headers: { 'stripe-signature': signature }, body: Buffer.from(body) }
    },
    verifies: (delivery) => {
      // It throws at a signature of as many characters and more bytes, whatever stands beside it.
      const fields = value(delivery, 'stripe-signature').split(',')
      const header = fields.filter((field) => /^[\x20-\x7e]*$/.test(field)).join(',')
      return succeeds(() => webhooks.constructEvent(Buffer.from(delivery.body), header, textSecret))
    },
  },
]

/** Whether we take it: authentic and fresh. */
function accepted({ provider, secret }: Peer, delivery: Delivery): boolean {
  try {
    const { timestamp } = readCredentials(provider, headOf(delivery))
    const tolerance = provider.timestamp?.toleranceMs ?? 0
    return accepts(provider, secret, delivery) && checkFreshness(timestamp, Date.now(), tolerance) === 'fresh'
  } catch {
    return false
  }
}

function inLowerCase(delivery: Delivery, header: string | undefined): Delivery {
  return header === undefined
    ? delivery
    : withHeaders(delivery, { [header]: value(delivery, header).toLowerCase() })
}

const bodies = fc.json({ maxDepth: 2 })

describe.each(peers)('$name', (peer) => {
  it('signs what we accept', async () => {
    await fc.assert(
      fc.asyncProperty(bodies, async (body) => {
        const delivery = await peer.sign(body)
        expect(await peer.verifies(delivery)).toBe(true)
        expect(accepted(peer, delivery)).toBe(true)
      }),
      runs(100),
    )
  })

  it('refuses nothing that we accept', async () => {
    const mutations = fc.array(mutation(['body', ...peer.headers]), { minLength: 1, maxLength: 3 })
    await fc.assert(
      fc.asyncProperty(bodies, mutations, async (body, changes) => {
        const delivery = mutated(await peer.sign(body), changes)
        if (accepted(peer, delivery)) {
          expect({
            verified: await peer.verifies(inLowerCase(delivery, peer.hex)),
            delivery,
          }).toMatchObject({
            verified: true,
          })
        }
      }),
      runs(1_000),
    )
  })
})

describe('what peers accept and we do not', () => {
  const [standard, , dated] = peers as [Peer, Peer, Peer]

  it.each([
    ['zeros before it', (timestamp: string) => `00${timestamp}`],
    ['a second number behind it', (timestamp: string) => `${timestamp} 5`],
    ['text behind it', (timestamp: string) => `${timestamp}abc`],
  ])('standardwebhooks: a timestamp with %s', async (_, change) => {
    const signed = await standard.sign('{}')
    const timestamp = change(value(signed, 'webhook-timestamp'))
    const delivery = withHeaders(signed, { 'webhook-timestamp': timestamp })
    expect([await standard.verifies(delivery), accepted(standard, delivery)]).toEqual([true, false])
  })

  it('stripe: a time in the future, and a second time', async () => {
    const timestamp = Math.floor(Date.now() / 1_000) + 3_600
    const ahead = webhooks.generateTestHeaderString({ payload: '{}', secret: textSecret, timestamp })
    const now = value(await dated.sign('{}'), 'stripe-signature')
    for (const header of [ahead, `t=1,${now}`]) {
      const delivery = { headers: { 'stripe-signature': header }, body: Buffer.from('{}') }
      expect([await dated.verifies(delivery), accepted(dated, delivery)]).toEqual([true, false])
    }
  })
})
