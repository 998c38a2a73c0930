import { createSecretKey, randomBytes } from 'node:crypto'
import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { toKeySet } from '../../src/inbox/sealing/key-set.ts'
import { openText, sealText } from '../../src/inbox/sealing/sealed-value.ts'
import { memoryInbox } from '../../src/memory-inbox.ts'

const bytes = randomBytes(32)
const key = bytes.toString('base64')
const place = { kind: 'event', receiver: 'press', place: 'p' } as const

test('a key may be text, bytes or a key object, and a list may be text', () => {
  const same = [
    `a:${key}`,
    ` a:${key} `,
    [{ id: 'a', key }],
    [{ id: 'a', key: bytes }],
    [{ id: 'a', key: createSecretKey(bytes) }],
  ].map(toKeySet)
  const sealed = same.map(({ first }) => sealText(first, place, 'anna'))
  expect(new Set(sealed).size).toBe(sealed.length)
  for (const keys of same) for (const text of sealed) expect(openText(keys, place, text)).toBe('anna')
  expect([...toKeySet(`b:${randomBytes(32).toString('base64')},a:${key}`).byId.keys()]).toEqual(['b', 'a'])
})

test.each([undefined, null, '', [], {}])('no keys are an error, not an inbox in plain text: %j', (keys) => {
  expect(() => memoryInbox({ encryption: { keys: keys as never } })).toThrow(
    expect.objectContaining({ code: 'encryption-key-missing' }),
  )
})

test.each([
  key,
  `a:${key.slice(0, -1)}`,
  `a:${key.replace('=', '')}`,
  `a:${key} x`,
  `a:${bytes.toString('hex')}`,
  `a:${randomBytes(31).toString('base64')}`,
  `a:${randomBytes(33).toString('base64')}`,
  `a:${Buffer.alloc(32).toString('base64')}`,
  `:${key}`,
  `a b:${key}`,
  `a:${key},a:${randomBytes(32).toString('base64')}`,
  `a:${key},`,
  [{ id: 'a' }],
  [{ key }],
  [{ id: 1, key }],
  [{ id: 'a'.repeat(33), key }],
  [{ id: 'a', key: createSecretKey(randomBytes(16)) }],
])('a key that is not one is refused without a word of it: %#', (keys) => {
  try {
    memoryInbox({ encryption: { keys: keys as never } })
    expect.unreachable()
  } catch (error) {
    expect(error).toMatchObject({ code: 'encryption-key-malformed' })
    expect(inspect(error)).not.toContain(key.slice(0, 12))
  }
})

test('an option that is not one is refused', () => {
  const keys = `a:${key}`
  for (const more of [{ seal: 'no' }, { keysMaxAgeMs: 0 }, { sealed: false }]) {
    expect(() => memoryInbox({ encryption: { keys, ...(more as object) } })).toThrow(
      expect.objectContaining({ code: 'option-invalid' }),
    )
  }
})

test('an inbox shows no key to who inspects it', async () => {
  const inbox = memoryInbox({ encryption: { keys: `a:${key}` } })
  await inbox.open()
  const shown = inspect(inbox, { depth: 20, showHidden: true }) + JSON.stringify(inbox)
  expect(shown).not.toContain(key)
  expect(shown).not.toContain(bytes.toString('hex').slice(0, 12))
  await inbox.close()
})

test.each(['kind', 'receiver', 'place'] as const)(
  'a value opens in its own place alone: another %s',
  (field) => {
    const keys = toKeySet(`a:${key}`)
    const sealed = sealText(keys.first, place, 'anna')
    const other = { ...place, [field]: field === 'kind' ? 'body' : 'other' }
    expect(() => openText(keys, other, sealed)).toThrow(
      expect.objectContaining({ code: 'sealed-value-broken' }),
    )
  },
)

test('no bit of a sealed value can be changed', () => {
  const keys = toKeySet(`a:${key}`)
  const sealed = Buffer.from(sealText(keys.first, place, 'anna').slice(4), 'base64')
  for (let bit = 0; bit < sealed.length * 8; bit++) {
    const changed = Buffer.from(sealed)
    changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3)
    expect(() => openText(keys, place, `kw1.${changed.toString('base64')}`)).toThrow(
      expect.objectContaining({
        code: expect.stringMatching(/^(sealed-value-broken|encryption-key-missing)$/),
      }),
    )
  }
})
