import { expect, test } from 'vitest'
import { concealer } from '../src/conceal.ts'

const bytes = 'ke"y &of/the+tests, 0123456789abcdef'
const encoded = Buffer.from(bytes).toString('base64')
const { conceal, add } = concealer({
  secret: `whsec_${encoded}`,
  urls: [new URL('http://localhost/hook?token=a%20b%2Bc/d&key=hush-hush')],
})

test.each([
  ['whole', `whsec_${encoded}`],
  ['without its prefix', encoded],
  ['decoded', bytes],
  ['URL-encoded', encodeURIComponent(`whsec_${encoded}`)],
  ['decoded and URL-encoded', encodeURIComponent(bytes)],
  ['decoded and JSON-escaped', JSON.stringify(bytes).slice(1, -1)],
  ['as hex', Buffer.from(bytes).toString('hex').toUpperCase()],
])('the secret is not seen, %s', (_, form) => {
  expect(conceal(`It is <${form}>.`)).toBe('It is <[the secret]>.')
})

test.each(['token=a%20b%2Bc/d&key=hush-hush', 'a%20b%2Bc%2Fd', 'a b+c/d', 'hush-hush'])(
  'the query is not seen: %s',
  (form) => {
    expect(conceal(`at ${form}`)).toBe('at [the query]')
  },
)

test('signatures and nonces that were sent are not seen, or what looks like a signature; the rest is', () => {
  const nonce = '6f8d0c0e-nonce'
  expect(conceal(nonce)).toBe(nonce)
  add({ 'Aai-Nonce': nonce, 'X-Signature': 'sha256=0123456789', 'Content-Type': 'application/json' })
  const text = `${nonce}, 0123456789, ${'aB1'.repeat(20)}abcd, application/json`
  const hidden = '[a signature or nonce]'
  expect(conceal(text)).toBe(
    `${hidden}, ${hidden}, ${'aB1'.repeat(20)}abcd, application/json`.replace(
      `${'aB1'.repeat(20)}abcd`,
      hidden,
    ),
  )
  expect(conceal(`expected ${Buffer.alloc(32, 1).toString('base64')}`)).toBe(`expected ${hidden}`)
})
