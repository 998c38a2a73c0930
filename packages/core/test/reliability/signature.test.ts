/** Stimuli 1 to 14: what is, and what is not, a signature. The numbers are those of the reliability catalogue. */
import { execFile } from 'node:child_process'
import { createHash, createHmac } from 'node:crypto'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { advanceAi } from '../../src/providers/advance-ai.ts'
import { press } from '../../src/providers/press.ts'
import { receiving } from '../support/receiving.ts'
import { refused } from '../support/refused.ts'
import { type Sender, senders } from '../support/senders.ts'
import { type Delivery, signedAdvanceAi, withHeaders } from '../support/signed.ts'
import { aaiCompleted } from '../vectors/documented.ts'

type Change = (signature: string, delivery: Delivery, sender: Sender) => string | string[] | undefined

const changed = (sender: Sender, change: Change): Delivery => {
  const delivery = sender.sign(sender.content)
  const signature = String(delivery.headers[sender.signature])
  return withHeaders(delivery, { [sender.signature]: change(signature, delivery, sender) })
}
const macWith =
  (key: Buffer | string): Change =>
  (_, { body, headers }, { name, encoding }) => {
    const hmac = createHmac('sha256', key)
    if (name === 'press') hmac.update(`${headers['X-Webhook-Timestamp']}.`)
    return hmac.update(body).digest(encoding)
  }
const flipped: Change = (signature, _, { encoding }) => {
  const bytes = Buffer.from(signature, encoding)
  bytes[31] = Number(bytes[31]) ^ 1
  return bytes.toString(encoding)
}
const zeros =
  (bytes: number): Change =>
  (_, __, { encoding }) =>
    Buffer.alloc(bytes).toString(encoding)

const forgeries: [title: string, change: Change, code: string][] = [
  ['1 no signature header', () => undefined, 'signature-missing'],
  ['2 an empty signature', () => '', 'signature-missing'],
  ['3 another secret', macWith('another secret, as long as a secret'), 'signature-mismatch'],
  ['4 an empty key', macWith(''), 'signature-mismatch'],
  ...['undefined', 'null', 'test', 'secret', 'development_secret'].map((key): [string, Change, string] => [
    `5 the key "${key}"`,
    macWith(key),
    'signature-mismatch',
  ]),
  ['6 the first character only', (signature) => signature.slice(0, 1), 'signature-malformed'],
  ['6 all but the last character', (signature) => signature.slice(0, -1), 'signature-malformed'],
  ['6 with 00 behind it', (signature) => `${signature}00`, 'signature-malformed'],
  ['7 one bit flipped', flipped, 'signature-mismatch'],
  [
    '8 one character that is two bytes',
    (signature) => `${signature.slice(0, -1)}\xe9`,
    'signature-malformed',
  ],
  ['9 64 times z', () => 'z'.repeat(64), 'signature-malformed'],
  ['9 zeros', zeros(32), 'signature-mismatch'],
  ['9 8 KB', zeros(6_000), 'signature-malformed'],
  [
    '13 an unkeyed SHA-256',
    (_, { body }, { encoding }) => createHash('sha256').update(body).digest(encoding),
    'signature-mismatch',
  ],
  ['14 twice, bad and good', (signature) => ['0'.repeat(64), signature], 'header-repeated'],
  ['14 twice, good and bad', (signature) => [signature, '0'.repeat(64)], 'header-repeated'],
  ['14 twice, good and good', (signature) => [signature, signature], 'header-repeated'],
  ['14 bad and good in one', (signature) => `${'0'.repeat(64)}, ${signature}`, 'signature-malformed'],
]

describe.each(senders)('$name refuses, and keeps nothing of', (sender) => {
  it.each(forgeries)('%s', async (_, change, code) => {
    const receiver = receiving(sender.provider)
    expect(await refused(receiver, changed(sender, change))).toBe(code)
    // The forgery used nothing up.
    expect((await receiver.receive(sender.sign(sender.content))).status).toBe(200)
    expect(await receiver.handled()).toHaveLength(1)
  })

  it('10 a body changed by one byte', async () => {
    const delivery = sender.sign(sender.content)
    const body = Buffer.from(delivery.body)
    body[body.length - 2] = 0x20
    expect(await refused(receiving(sender.provider), { ...delivery, body })).toBe('signature-mismatch')
  })

  it('11 a signature over what JSON.stringify makes of a pretty-printed body', async () => {
    const pretty = Buffer.from(JSON.stringify(sender.content, null, 2))
    const { headers } = sender.sign(JSON.parse(pretty.toString()))
    expect(await refused(receiving(sender.provider), { headers, body: pretty })).toBe('signature-mismatch')
    expect((await receiving(sender.provider).receive(sender.sign(pretty))).status).toBe(200)
  })
})

describe('4 a secret that is none', () => {
  it.each(['', undefined, '   ', 'whsec_', '\n'])('%j throws when the receiver is made', (secret) => {
    expect(() => receiving(press(), { secret })).toThrow(
      expect.objectContaining({ code: expect.stringMatching(/^secret-/) }),
    )
  })

  it('ends the process with an error', async () => {
    const file = new URL('../support/starts-without-secret.ts', import.meta.url).pathname
    const env = { ...process.env, SECRET: '' }
    const args = ['--conditions=@kyc-webhooks/source', file]
    await expect(promisify(execFile)(process.execPath, args, { env })).rejects.toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('The webhook secret is missing'),
    })
  })
})

describe('12 the other algorithm is refused, whatever its length says', () => {
  it.each([
    ['sha256', 'sha512'],
    ['sha512', 'sha256'],
  ] as const)('%s is configured, %s signs', async (algorithm, other) => {
    const receiver = receiving(advanceAi({ algorithm }))
    const named = { 'aai-signature-algorithm': other, 'aai-algorithm': other }
    const delivery = signedAdvanceAi(aaiCompleted, { algorithm: other, headers: named })
    expect(await refused(receiver, delivery)).toBe('signature-malformed')
    expect((await receiver.receive(signedAdvanceAi(aaiCompleted, { algorithm }))).status).toBe(200)
  })
})
