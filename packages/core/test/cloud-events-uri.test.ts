import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isAbsoluteUri, isUriReference } from '../src/cloud-events/uri.ts'
import { anyCharacter } from './characters.ts'

describe('URIs', () => {
  it.each([
    'https://press.example.ae/events',
    'HTTPS://user:pass@press.example.ae:8443/a/b;c=1?d=e&f#frag?/',
    'http://[2001:db8::7]:80/',
    'http://[::ffff:192.0.2.1]',
    'http://[v1.a:b]/',
    'http://',
    'file:///etc/hosts',
    'mailto:press@example.ae',
    'urn:uuid:0f9a3c2e-8a43-4d5e-9a3b-1f2f3c4d5e6f',
    'tel:+971-2-1234567',
    'a+b-c.d1:',
    'x:/%C3%A9%20',
  ])('%s is absolute', (text) => {
    expect(isUriReference(text)).toBe(true)
    expect(isAbsoluteUri(text.replace(/#.*/, ''))).toBe(true)
    expect(isAbsoluteUri(`${text.replace(/#.*/, '')}#`)).toBe(false)
  })

  it.each([
    '',
    '/',
    '/a/b',
    'a/b:c',
    './a:b',
    '../x',
    '?q',
    '#f',
    '#',
    '//host/p',
    '//',
    '1-555-123-4567',
    'a;b=c,d',
    '~_.-',
  ])('%j is relative', (text) => {
    expect(isUriReference(text)).toBe(true)
    expect(isAbsoluteUri(text)).toBe(false)
  })

  it.each([
    ...[
      'a b',
      ' a',
      'a\n',
      '\u0000',
      '/é',
      '/فاطمة',
      '"a"',
      '<a>',
      '{a}',
      'a|b',
      'a\\b',
      '^',
      '`',
      '%',
      '%4',
      '%zz',
      'a%',
    ],
    ...[':a', '1:a', 'a_b:c', '-a:b', 'é:a', 'a#b#c', '/a[b]', '?[', '#]', '[::1]'],
    ...[
      '//a:b',
      '//a:80:90',
      '//a@b@c',
      '//[',
      '//[]',
      '//[::1',
      '//[::1]x',
      '//[1.2.3.4]',
      '//[::g]',
      '//[fe80::1%25eth0]',
      '//[v1]',
      '//[v.a]',
    ],
  ])('%j is no URI reference', (text) => {
    expect(isUriReference(text)).toBe(false)
    expect(isAbsoluteUri(text)).toBe(false)
  })

  it('takes what the platform makes of any text', () => {
    // `URL` leaves these as they are in some places; RFC 3986 has none of them.
    const text = fc.string({ unit: anyCharacter }).map((any) => any.replace(/[#%[\]\\^`{|}"<>]/g, ''))
    fc.assert(
      fc.property(text, text, text, (path, query, fragment) => {
        const url = new URL('https://user:pass@press.example.ae:8443')
        Object.assign(url, { pathname: path, search: query, hash: fragment })
        expect(isUriReference(url.href)).toBe(true)
      }),
    )
  })

  // Backtracking takes minutes on these and runs into the time limit of the test.
  it.each([
    `${'a'.repeat(1_000_000)} `,
    `a:${'b@'.repeat(500_000)} `,
    `//${'a@'.repeat(500_000)}`,
    `//${'a'.repeat(1_000_000)}[`,
    `${'%41'.repeat(300_000)}%`,
  ])('looks through long hostile text once (%$)', (text) => {
    expect(isUriReference(text)).toBe(false)
  })
})
