import https from 'node:https'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import {
  advanceAiEvents,
  advanceAiSimulator,
  pressEvents,
  pressSimulator,
  type SimulatorOptions,
  uipEvents,
  uipSimulator,
} from '../src/index.ts'
import { type Certificates, makeCertificates, openssl } from './support/certificates.ts'
import { listen } from './support/listen.ts'
import { ADVANCE_AI_SECRET, PRESS_SECRET, UIP_SECRET } from './support/secrets.ts'

const patient = { timeScale: 0, timeLimitMs: 10_000 }
const press = (options: SimulatorOptions) => pressSimulator({ secret: PRESS_SECRET, ...patient, ...options })
const uip = (options: SimulatorOptions) => uipSimulator({ secret: UIP_SECRET, ...patient, ...options })
const advanceAi = (options: SimulatorOptions) =>
  advanceAiSimulator({ secret: ADVANCE_AI_SECRET, ...patient, ...options })
const envelope = pressEvents().envelope()

describe.skipIf(!openssl.found)(`over HTTPS${openssl.remark}`, () => {
  let made: Certificates
  beforeAll(() => {
    made = makeCertificates()
  })

  it('PRESS speaks TLS 1.3', async () => {
    const { ca, sound } = made
    const server = await listen([200], { ...sound, minVersion: 'TLSv1.2' })
    expect(await press({ url: server.url, ca }).deliver(envelope)).toMatchObject({ outcome: 'accepted' })
    expect(server.heard).toMatchObject([{ tls: 'TLSv1.3', body: envelope.body }])
  })

  it('PRESS speaks nothing older; the others speak TLS 1.2', async () => {
    const { ca, sound } = made
    const server = await listen([200], { ...sound, maxVersion: 'TLSv1.2' })
    const report = await press({ url: server.url, ca }).deliver(envelope)
    expect(report.outcome).toBe('gave-up')
    expect(report.attempts).toHaveLength(6)
    expect(report.attempts[0]).toMatchObject({
      error: expect.stringMatching(/^EPROTO$|PROTOCOL_VERSION/),
      reason: 'the receiver does not speak the TLS version that the provider insists on',
    })
    expect(server.heard).toEqual([])

    for (const [simulator, draft] of [
      [uip({ url: server.url, ca }), uipEvents().of('identify')],
      [advanceAi({ url: server.url, ca }), advanceAiEvents().of('COMPLETED')],
    ] as const) {
      expect(await simulator.deliver(draft)).toMatchObject({ outcome: 'accepted' })
      expect(server.heard.at(-1)).toMatchObject({ tls: 'TLSv1.2' })
    }
  })

  it('PRESS speaks nothing older than TLS 1.3 over shared connections either', async () => {
    const { ca, sound } = made
    const agent = new https.Agent({ keepAlive: true })
    onTestFinished(() => agent.destroy())
    const [old, new_] = [
      await listen([200], { ...sound, maxVersion: 'TLSv1.2' }),
      await listen([200], { ...sound, minVersion: 'TLSv1.2' }),
    ]
    expect((await press({ url: old.url, ca, agent }).deliver(envelope)).outcome).toBe('gave-up')
    expect((await press({ url: new_.url, ca, agent }).deliver(envelope)).outcome).toBe('accepted')
    expect(new_.heard).toMatchObject([{ tls: 'TLSv1.3' }])
  })

  it.each([
    ['expired', 'CERT_HAS_EXPIRED', 'the certificate has expired'],
    ['elsewhere', 'ERR_TLS_CERT_ALTNAME_INVALID', 'the certificate is for another host'],
    [
      'selfSigned',
      'DEPTH_ZERO_SELF_SIGNED_CERT',
      'the certificate is signed with itself; give it as ca to trust it',
    ],
  ] as const)('trusts no certificate that is %s, tries again, and says why', async (name, error, reason) => {
    const server = await listen([200], made[name])
    const report = await uip({ url: server.url, ca: made.ca }).deliver(uipEvents().of('sign'))
    expect(report.outcome).toBe('gave-up')
    expect(report.attempts).toHaveLength(6)
    for (const attempt of report.attempts) expect(attempt).toMatchObject({ verdict: 'failed', error, reason })
    expect(server.heard).toEqual([])
  })

  it('trusts no authority that it was not told to trust', async () => {
    const server = await listen([200], made.sound)
    const report = await uip({ url: server.url, retrySchedule: [] }).deliver(uipEvents().of('sign'))
    expect(report.attempts).toMatchObject([
      { error: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', reason: expect.stringContaining('authority') },
    ])
    expect(server.heard).toEqual([])
  })

  it('trusts one that is signed with itself when told to', async () => {
    const { selfSigned } = made
    const server = await listen([200], selfSigned)
    const simulator = press({ url: server.url, ca: selfSigned.cert })
    expect(await simulator.deliver(envelope)).toMatchObject({ outcome: 'accepted' })
  })
})

it('says that a receiver speaks plain HTTP', async () => {
  const server = await listen([200])
  const url = server.url.replace('http:', 'https:')
  const report = await press({ url, retrySchedule: [] }).deliver(envelope)
  expect(report.attempts).toMatchObject([
    { verdict: 'failed', reason: expect.stringContaining('plain HTTP') },
  ])
  expect(server.heard).toEqual([])
})
