import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import type { AdapterCase, AdapterFixture } from './adapter-case.ts'
import { expectUnharmed } from './adapter-harm.ts'
import { PATH, sampleBody } from './adapter-samples.ts'
import { chunked, rawDelivery, rawForgery, rawRequest, signedLines } from './raw-request.ts'

/** Writes one delivery, perhaps an odd one, and expects one of these outcomes. What was answered 200 is in the inbox, and only that. */
const expectOneOf = async (
  fixture: AdapterFixture,
  request: string,
  outcomes: readonly (number | 'closed')[],
): Promise<void> => {
  const connection = fixture.connect()
  connection.write(Buffer.from(request, 'latin1'))
  const outcome = await connection.outcome()
  expect(outcomes).toContain(outcome)
  await expectUnharmed(fixture, outcome === 200 ? ['odd'] : [])
}

const odd = (...lines: string[]) => rawDelivery('odd', ...lines)

/** Deliveries that are odd, but have one meaning. */
const oddOnes: readonly [name: string, request: () => string, outcomes: (number | 'closed')[]][] = [
  ['in HTTP/1.0', () => odd().replace('HTTP/1.1', 'HTTP/1.0'), [200]],
  ['with a version that is none', () => odd().replace('HTTP/1.1', 'HTTP/9.9'), [400, 505]],
  ['without a Host', () => odd().replace('Host: x\r\n', ''), [400]],
  ['with a target in absolute form', () => odd().replace(PATH, `http://x${PATH}?a=b`), [200, 400, 404]],
  ['with a target of somebody else', () => odd().replace(PATH, `http://192.0.2.1${PATH}`), [200, 400, 404]],
  ['with a target that cannot be decoded', () => odd().replace(PATH, `${PATH}/%E0%A4`), [400, 404]],
  ['with a method in lower case', () => odd().replace('POST', 'post'), [400]],
  ['with CONNECT', () => odd().replace('POST', 'CONNECT'), ['closed', 400, 405]],
  ['with an expectation that nobody knows', () => odd('Expect: something'), [417]],
  ['that wants to go on in HTTP/2', () => odd('Connection: Upgrade', 'Upgrade: h2c'), [200, 400, 'closed']],
  ['that wants a WebSocket', () => odd('Connection: Upgrade', 'Upgrade: websocket'), [200, 400, 'closed']],
  ['with 17 KB of headers', () => odd(`X-A: ${'a'.repeat(17_000)}`), [431]],
  ['with 2,100 headers', () => odd(...Array<string>(2_100).fill('a:b')), [200, 400, 401, 431]],
  [
    'behind 2,100 headers',
    () => odd().replace('Host', `${'a:b\r\n'.repeat(2_100)}Host`),
    [200, 400, 401, 431],
  ],
  [
    'with hostile headers of proxies',
    () =>
      odd(
        `X-Forwarded-For: ${'1.2.3.4,'.repeat(500)}`,
        `X-Forwarded-Proto: ${' '.repeat(4_000)}https`,
        `X-Forwarded-Host: ${'\t,'.repeat(500)}`,
        `Forwarded: for="[${':'.repeat(2_000)}]"`,
      ),
    [200],
  ],
  [
    'whose signature comes in a trailer',
    () => {
      const [type = '', timestamp = '', signature = ''] = signedLines(sampleBody('odd'))
      const body = chunked(Buffer.from(sampleBody('odd')).toString()).replace(/\r\n$/, `${signature}\r\n\r\n`)
      return rawRequest([type, timestamp, 'Trailer: X-Webhook-Signature', 'Transfer-Encoding: chunked'], body)
    },
    [401],
  ],
]

/** What comes over connections that no provider would have opened. */
export const connectionCases: readonly AdapterCase[] = [
  ...oddOnes.map(([name, request, outcomes]) => ({
    name: `a delivery ${name} is accepted or refused, soon`,
    async run(fixture: AdapterFixture) {
      const startedAt = performance.now()
      await expectOneOf(fixture, request(), outcomes)
      expect(performance.now() - startedAt).toBeLessThan(1_500)
    },
  })),
  {
    name: 'a head that arrives in pieces of seven bytes',
    async run(fixture) {
      const bytes = Buffer.from(rawDelivery('cut'))
      const connection = fixture.connect()
      for (let at = 0; at < bytes.length; at += 7) {
        connection.write(bytes.subarray(at, at + 7))
        await sleep(0)
      }
      expect(await connection.outcome()).toBe(200)
      await expectUnharmed(fixture, ['cut'])
    },
  },
  {
    name: 'a compressed body, and one of terabytes, are refused before a byte of them has come',
    async run(fixture) {
      for (const [lines, status] of [
        [['Content-Encoding: gzip', 'Content-Length: 200000'], 415],
        [['Content-Length: 9999999999999'], 413],
      ] as const) {
        const connection = fixture.connect()
        connection.write(rawRequest([...signedLines(sampleBody()), ...lines], ''))
        expect(await connection.outcome()).toBe(status)
      }
      await expectUnharmed(fixture, [])
    },
  },
  {
    name: 'twenty deliveries in one write, every other one forged, are answered in order',
    async run(fixture) {
      const ids = Array.from({ length: 20 }, (_, index) => `piped-${index}`)
      const isForged = (id: string) => Number(id.slice(6)) % 2 === 1
      const connection = fixture.connect()
      connection.write(ids.map((id) => (isForged(id) ? rawForgery(id) : rawDelivery(id))).join(''))
      for (const id of ids) expect(await connection.outcome()).toBe(isForged(id) ? 401 : 200)
      await expectUnharmed(
        fixture,
        ids.filter((id) => !isForged(id)),
      )
    },
  },
  {
    name: 'what comes behind a delivery that closes the connection is lost to nobody',
    async run(fixture) {
      const connection = fixture.connect()
      const unsigned = rawRequest(['Content-Length: 2'], '{}')
      connection.write(unsigned + rawDelivery('behind'))
      expect(await connection.outcome()).toBe(401)
      await connection.closed()
      expect((await fixture.deliver(sampleBody('behind'))).status, 'its repetition').toBe(200)
      await expectUnharmed(fixture, ['behind'])
    },
  },
  {
    name: 'a sender that says at once that nothing more will come',
    async run(fixture) {
      const connection = fixture.connect()
      connection.write(rawDelivery('half-closed'))
      connection.end()
      expect([200, 'closed']).toContain(await connection.outcome())
      expect((await fixture.deliver(sampleBody('half-closed'))).status, 'its repetition').toBe(200)
      await expectUnharmed(fixture, ['half-closed'])
    },
  },
  {
    name: 'thirty connections that are cut, each in another place',
    async run(fixture) {
      const bytes = Buffer.from(rawDelivery('reset'))
      for (let part = 1; part <= 30; part++) {
        const connection = fixture.connect()
        connection.write(bytes.subarray(0, Math.floor((bytes.length * part) / 31)))
        if (part % 3 === 0) await sleep(2)
        connection.reset()
      }
      await expectUnharmed(fixture, [])
    },
  },
  {
    name: 'connections that speak no HTTP/1',
    async run(fixture) {
      const preface = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'
      const hello = Buffer.from('160301020001000001fc0303', 'hex')
      const empty = Buffer.from('\r\n\r\n\r\n')
      const noise = Array.from({ length: 10 }, () => randomBytes(2_000))
      for (const bytes of [preface, hello, empty, ...noise]) {
        const connection = fixture.connect()
        connection.write(bytes)
        connection.end()
        await connection.closed()
      }
      await expectUnharmed(fixture, [])
    },
  },
]
