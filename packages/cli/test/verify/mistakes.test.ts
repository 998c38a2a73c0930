import { createHmac } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { providerOf } from '../../src/providers.ts'
import { findMistakes } from '../../src/verify/find-mistakes.ts'
import { MISTAKES } from '../../src/verify/mistakes.ts'
import { seen } from '../../src/verify/seen.ts'
import type { Suspect } from '../../src/verify/suspect.ts'
import { verify } from '../../src/verify/verify.ts'
import { capture, pressOver, VALUE, withBody, withHeader } from '../support/captures.ts'
import { secrets } from '../support/secrets.ts'

const now = Math.floor(Date.now() / 1000)
const { press: secret } = secrets
const bare = secret.slice('whsec_'.length)

/** PRESS, signed with another key than the secret that is given. */
const signedBy = (key: string | Buffer): Suspect => {
  const suspect = capture('press')
  const hmac = createHmac('sha256', key).update(`${now}.`).update(suspect.body).digest('hex')
  return withHeader(
    withHeader(suspect, 'x-webhook-timestamp', () => String(now)),
    'x-webhook-signature',
    () => hmac,
  )
}

/** UIP, whose sender signs the bytes that it sends, and another writes them anew. */
const rewritten = (sent: string, change: (body: Buffer) => Buffer | string): Suspect =>
  withBody(capture('uip', { body: sent }), change)

const python = '{"event": "identify", "n": 1.0, "big": 12345678901234567890, "name": "\\u0639"}'

/** For each known mistake, captures with exactly that mistake. */
const MADE: Readonly<Record<string, readonly (() => Suspect)[]>> = {
  'header-renamed': [
    () => withHeader(capture('press'), 'x-webhook-signature', (value) => value, 'HTTP_X_WEBHOOK_SIGNATURE'),
    () => withHeader(capture('press'), 'x-webhook-timestamp', (value) => value, 'Webhook-Timestamp'),
    () => withHeader(capture('advance-ai'), 'aai-signature', (value) => value, 'x-original-aai-signature'),
  ],
  'header-repeated': [
    () => withHeader(capture('uip'), 'x-uip-signature', (value) => `${'0'.repeat(64)}, ${value}`),
    () => {
      const suspect = capture('press')
      return { ...suspect, rawHeaders: [...suspect.rawHeaders, 'X-Webhook-Signature', '0'.repeat(64)] }
    },
  ],
  'other-provider': [
    () => ({ ...capture('uip'), provider: providerOf('press') }),
    () => ({ ...capture('press'), provider: providerOf('advance-ai') }),
  ],
  algorithm: [
    () => ({ ...capture('advance-ai', { algorithm: 'sha512' }), provider: providerOf('advance-ai') }),
    () => ({
      ...capture('advance-ai'),
      provider: providerOf('advance-ai', { algorithm: 'sha512' }),
    }),
  ],
  'signature-encoding': [
    () => withHeader(capture('uip'), 'x-uip-signature', (hex) => Buffer.from(hex, 'hex').toString('base64')),
    () =>
      withHeader(capture('uip'), 'x-uip-signature', (hex) => Buffer.from(hex, 'hex').toString('base64url')),
    () =>
      withHeader(capture('advance-ai'), 'aai-signature', (text) =>
        Buffer.from(text, 'base64').toString('hex'),
      ),
    () => withHeader(capture('advance-ai'), 'aai-signature', (text) => text.replace(/=+$/, '')),
  ],
  'signature-decorated': [
    () => withHeader(capture('uip'), 'x-uip-signature', (hex) => `sha256=${hex}`),
    () => withHeader(capture('uip'), 'x-uip-signature', (hex) => `"${hex}"`),
    () => withHeader(capture('uip'), 'x-uip-signature', (hex) => `t=${now};v1=${hex}`),
    () => withHeader(capture('advance-ai'), 'aai-signature', (text) => `sha256=${text}`),
  ],
  'timestamp-not-signed': [
    () => pressOver((_, body) => body),
    () => ({
      ...withHeader(capture('uip'), 'content-type', (value) => value),
      rawHeaders: [...capture('uip').rawHeaders, 'X-UIP-Timestamp', String(now)],
      provider: providerOf('uip', { scheme: 'timestamped' }),
    }),
  ],
  'timestamp-signed': [() => ({ ...capture('uip', { scheme: 'timestamped' }), provider: providerOf('uip') })],
  separator: [
    () => pressOver((time, body) => time + body),
    () => pressOver((time, body) => `${time}:${body}`),
    () => pressOver((time, body) => `${time}\n${body}`),
    () => pressOver((time, body) => `${body}.${time}`),
  ],
  'timestamp-unit': [
    // In milliseconds in header and signature, in the header alone, in the signature alone; and as a date.
    () => pressOver((time, body) => `${time}.${body}`, `${now}123`),
    () => pressOver((time, body) => `${time.slice(0, -3)}.${body}`, `${now}123`),
    () => pressOver((time, body) => `${time}000.${body}`),
    () => pressOver((time, body) => `${time}.${body}`, new Date().toISOString()),
    () => pressOver((time, body) => `${Date.parse(time) / 1000}.${body}`, '2026-03-30T12:40:00.000Z'),
  ],
  'id-signed': [
    () => {
      const suspect = pressOver((time, body) => `msg_1.${time}.${body}`)
      return withHeader(suspect, 'x-webhook-id', () => 'msg_1')
    },
  ],
  'secret-prefix-stripped': [
    () => ({ ...capture('press'), secret: bare }),
    () => ({ ...capture('uip'), secret: secrets.uip.slice('uip_whsec_'.length) }),
    () => ({ ...capture('press'), provider: providerOf('press', { secretForm: 'unprefixed' }) }),
  ],
  'secret-prefix-kept': [() => signedBy(bare)],
  'secret-base64-not-decoded': [
    () => signedBy(Buffer.from(bare, 'base64')),
    () => ({ ...capture('uip', { signedWith: 'x' }), ...base64Keyed() }),
  ],
  'secret-base64-decoded': [
    () => {
      const suspect = capture('advance-ai')
      const hmac = createHmac('sha256', suspect.secret).update(suspect.body).digest('base64')
      return withHeader(suspect, 'aai-signature', () => hmac)
    },
  ],
  'secret-hex-not-decoded': [
    () => {
      const digits = '00112233445566778899aabbccddeeff'
      const suspect = capture('uip')
      const hmac = createHmac('sha256', Buffer.from(digits, 'hex')).update(suspect.body).digest('hex')
      return { ...withHeader(suspect, 'x-uip-signature', () => hmac), secret: `uip_whsec_${digits}` }
    },
  ],
  'secret-wrapped': [
    () => ({ ...capture('press'), secret: `"${secret}"` }),
    () => ({ ...capture('press'), secret: `${secret}\n` }),
  ],
  'secret-line-break-signed': [() => signedBy(`${secret}\n`)],
  'trailing-newline-added': [
    () => withBody(capture('press'), (body) => `${body}\n`),
    () => withBody(capture('advance-ai'), (body) => `${body}\r\n`),
  ],
  'trailing-newline-cut': [
    () => rewritten(`${JSON.stringify(VALUE)}\n`, (body) => body.toString().trimEnd()),
    () => rewritten(`${JSON.stringify(VALUE)}\r\n`, (body) => body.toString().trimEnd()),
  ],
  'line-endings-changed': [
    () => rewritten('{\r\n"event":"test"\r\n}', (body) => body.toString().replaceAll('\r\n', '\n')),
    () => rewritten('{\n"event":"test"\n}', (body) => body.toString().replaceAll('\n', '\r\n')),
  ],
  'byte-order-mark': [
    () => withBody(capture('press'), (body) => `\ufeff${body}`),
    () => rewritten(`\ufeff${JSON.stringify(VALUE)}`, (body) => body.subarray(3)),
  ],
  'body-re-serialised': [
    // By JavaScript, of what was sent spaced; by Python; indented; sorted; and with numbers that no double holds.
    () =>
      rewritten('{"event": "identify", "data": {"b": 1, "a": "x"}}', (body) =>
        JSON.stringify(JSON.parse(String(body))),
      ),
    () => rewritten(JSON.stringify(VALUE), (body) => JSON.stringify(JSON.parse(String(body)), null, 2)),
    () => rewritten(JSON.stringify(VALUE, null, 4), (body) => JSON.stringify(JSON.parse(String(body)))),
    () => rewritten(python, (body) => body.toString().replaceAll(/([,:]) /g, '$1')),
    () => rewritten(python, (body) => body.toString().replace('\\u0639', 'ع')),
    () => rewritten('{"a":1,"b":{"c":2,"d":3},"event":"x"}', () => '{"event":"x","b":{"d":3,"c":2},"a":1}'),
    () => rewritten('{"event":"a\\/b"}', (body) => JSON.stringify(JSON.parse(String(body)))),
    () => rewritten('{"event":"\\u003cb\\u003e"}', (body) => JSON.stringify(JSON.parse(String(body)))),
    () => rewritten('{"event":"x","n":1}', () => '{"event":"x","n":1.0}'),
  ],
  charset: [() => withBody(capture('press'), (body) => Buffer.from(body.toString('latin1'), 'utf8'))],
  'body-base64': [() => withBody(capture('press'), (body) => body.toString('base64'))],
  'body-quoted': [() => withBody(capture('press'), (body) => JSON.stringify(body.toString()))],
  'content-encoding': [
    () => {
      const suspect = withBody(capture('press'), (body) => gzipSync(body))
      return { ...suspect, rawHeaders: [...suspect.rawHeaders, 'Content-Encoding', 'gzip'] }
    },
    () => {
      const suspect = capture('press')
      return { ...suspect, rawHeaders: [...suspect.rawHeaders, 'Content-Encoding', 'gzip'] }
    },
  ],
  'chunk-framing': [
    () =>
      withBody(capture('uip'), (body) =>
        Buffer.concat([
          Buffer.from('5\r\n'),
          body.subarray(0, 5),
          Buffer.from(`\r\n${(body.length - 5).toString(16)};x=y\r\n`),
          body.subarray(5),
          Buffer.from('\r\n0\r\n\r\n'),
        ]),
      ),
  ],
}

/** A secret of UIP in Base64, whose bytes are the key. */
function base64Keyed(): Pick<Suspect, 'secret' | 'rawHeaders' | 'body'> {
  const suspect = capture('uip')
  const given = Buffer.from('a key that is no text at all').toString('base64')
  const hmac = createHmac('sha256', Buffer.from(given, 'base64')).update(suspect.body).digest('hex')
  return { ...withHeader(suspect, 'x-uip-signature', () => hmac), secret: given }
}

test('every known mistake has its test', () => {
  expect(Object.keys(MADE)).toEqual(MISTAKES.flat().map(({ name }) => name))
})

const cases = Object.entries(MADE).flatMap(([name, makers]) =>
  makers.map((make, index) => ({ title: `${name} (${index + 1})`, name, make })),
)

test.each(cases)('$title is named, and nothing else', async ({ name, make }) => {
  const found = await verify(make(), Date.now())
  expect(found.verifies).toBe(false)
  expect(found.mistakes.map((mistake) => mistake.name)).toEqual([name])
})

test.each(['press', 'uip', 'advance-ai'] as const)('%s: what is right verifies', async (name) => {
  expect(await verify(capture(name), Date.now())).toMatchObject({
    verifies: true,
    code: expect.any(String),
    mistakes: [],
  })
})

test('what nothing explains is not explained', async () => {
  const suspect = capture('press', { signedWith: 'whsec_of-somebody-else-altogether' })
  const found = await verify(suspect, Date.now())
  expect(found).toMatchObject({ verifies: false, code: 'signature-mismatch', mistakes: [] })
  expect(found.tried).toBeGreaterThan(500)
})

test('two mistakes at once are found', async () => {
  const suspect = withBody({ ...capture('press'), secret: bare }, (body) => `${body}\n`)
  const found = await verify(suspect, Date.now())
  expect(found.mistakes.map(({ name }) => name)).toEqual(['secret-prefix-stripped', 'trailing-newline-added'])
})

test.each([
  ['header-missing', () => withHeader(capture('press'), 'x-webhook-signature', () => undefined)],
  ['header-missing', () => withHeader(capture('press'), 'x-webhook-timestamp', () => undefined)],
  ['header-missing', () => withHeader(capture('advance-ai'), 'aai-nonce', () => undefined)],
  ['header-missing', () => capture('advance-ai', { flaw: 'unsigned' })],
  ['nonce-malformed', () => withHeader(capture('advance-ai'), 'aai-nonce', () => 'with space')],
  ['signature-malformed', () => withHeader(capture('uip'), 'x-uip-signature', (hex) => hex.slice(0, 40))],
  ['secret-too-short', () => ({ ...capture('press'), secret: 'short' })],
  ['secret-malformed', () => ({ ...capture('advance-ai'), secret: '*'.repeat(24) })],
  [
    'header-repeated',
    () => {
      const suspect = capture('advance-ai')
      return { ...suspect, rawHeaders: [...suspect.rawHeaders, 'aai-nonce', 'another'] }
    },
  ],
  [
    'body-cut',
    () => {
      const suspect = withBody(capture('press'), (body) => body.subarray(0, 10))
      return { ...suspect, rawHeaders: [...suspect.rawHeaders, 'Content-Length', '100'] }
    },
  ],
])('%s is seen without a signature', async (name, make: () => Suspect) => {
  const { verifies, mistakes } = await verify(make(), Date.now())
  expect([verifies, mistakes.map((mistake) => mistake.name)]).toEqual([false, [name]])
})

test('an unsigned notification of ADVANCE.AI is known for what it is', async () => {
  const { mistakes } = await verify(capture('advance-ai', { flaw: 'unsigned' }), Date.now())
  expect(mistakes[0]?.mend).toContain('callbackUrl')
})

test('no explanation says a secret, a signature or what is in the body', async () => {
  for (const { make } of cases) {
    const suspect = make()
    const { mistakes } = await verify(suspect, Date.now())
    const text = JSON.stringify(mistakes)
    for (const hidden of [
      suspect.secret.trim(),
      'identify',
      ...suspect.rawHeaders.filter((value) => value.length > 40),
    ])
      expect(text).not.toContain(hidden)
  }
})

test('a body that was cut is not seen where none was', () => {
  expect(seen('accepted', capture('press'))).toBeUndefined()
})

test('when time is up the search ends, and says that it is not complete', async () => {
  const suspect = capture('press', { signedWith: 'whsec_of-somebody-else-altogether' })
  expect(await findMistakes(suspect, () => {}, 0)).toEqual({ findings: [], tried: 0, complete: false })
})
