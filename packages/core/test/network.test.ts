import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Head } from '../src/head.ts'
import { actualPeer, addressSet, isSecureEnough, type Peer } from '../src/network.ts'
import { configurationError } from './support/configuration-error.ts'

describe('a set of addresses', () => {
  const set = addressSet('allowedAddresses', ['192.0.2.7', '198.51.100.0/24', '2001:db8::/32', '::1'])

  it.each([
    '192.0.2.7',
    '198.51.100.0',
    '198.51.100.255',
    '2001:db8::5',
    '2001:DB8:0:0:0:0:0:5',
    '::1',
    '::ffff:192.0.2.7',
    '::ffff:c000:207',
  ])('has %s', (address) => {
    expect(set.has(address)).toBe(true)
  })

  it.each([
    '192.0.2.8',
    '198.51.101.0',
    '2001:db9::',
    '::2',
    '::ffff:192.0.2.8',
    undefined,
    '',
    'localhost',
    '192.0.2.7:443',
    '[::1]',
    '192.0.2.007',
    '0xc0.0.2.7',
    '3221225991',
    ' 192.0.2.7',
    '192.0.2.7\0',
    'fe80::1%eth0',
  ])('has not %s', (address) => {
    expect(set.has(address)).toBe(false)
  })

  it('of everything is everything of its family', () => {
    expect(addressSet('x', ['0.0.0.0/0']).has('203.0.113.200')).toBe(true)
    expect(addressSet('x', ['0.0.0.0/0']).has('2001:db8::1')).toBe(false)
  })

  it.each([
    'localhost',
    '10.0.0.0/33',
    '10.0.0.0/-1',
    '10.0.0.0/',
    '10.0.0.0/8/8',
    '10.0.0.0/ 8',
    '10.0.0.0/8.5',
    '10.0.0/8',
    '10.0.0.*',
    '2001:db8::/129',
    '*',
    '',
    ' 10.0.0.1',
  ])('is not made of %j', (entry) => {
    expect(configurationError(() => addressSet('allowedAddresses', [entry]))).toMatchObject({
      code: 'option-invalid',
      message: expect.stringContaining('allowedAddresses'),
    })
  })
})

describe('who speaks', () => {
  const proxies = addressSet('trustedProxies', ['10.0.0.0/8', '::1'])
  const proxy: Peer = { address: '10.0.0.1', tls: undefined }
  const stranger: Peer = { address: '203.0.113.9', tls: 'TLSv1.3' }
  const forwarded = (...values: string[]) => new Head(values.flatMap((value) => ['X-Forwarded-For', value]))
  const seen = (head: Head, socket = proxy) => actualPeer(socket, head, proxies, undefined).address

  it('is the peer of the socket when no proxy was named', () => {
    expect(actualPeer(stranger, forwarded('192.0.2.1'), undefined, undefined)).toBe(stranger)
  })

  it('is the peer of the socket when that is no trusted proxy, whatever it says', () => {
    const head = new Head(['X-Forwarded-For', '192.0.2.1', 'X-Forwarded-Proto', 'https', 'X-TLS', 'TLSv1.3'])
    const plain = { ...stranger, tls: undefined }
    expect(actualPeer(plain, head, proxies, 'x-tls')).toBe(plain)
  })

  it.each([
    ['the only address', ['192.0.2.1'], '192.0.2.1'],
    ['the last that is no proxy', ['192.0.2.1, 198.51.100.2, 10.0.0.9'], '198.51.100.2'],
    ['across several headers', ['192.0.2.1', '198.51.100.2', '10.0.0.9, ::1'], '198.51.100.2'],
    ['an IPv6 address', ['2001:db8::1'], '2001:db8::1'],
    ['nobody, when all are proxies', ['10.0.0.7, 10.0.0.8'], undefined],
    ['nobody, when it is empty', [''], undefined],
    ['nobody, when it is not there', [], undefined],
    ['nobody, when what the proxy saw is no address', ['192.0.2.1, unknown'], undefined],
    ['nobody, when there is a port', ['192.0.2.1:4711'], undefined],
    ['nobody, when it ends in a comma', ['192.0.2.1,'], undefined],
  ])('is %s', (_, values, address) => {
    expect(seen(forwarded(...values))).toBe(address)
  })

  it('is decided from the right: what a client writes to the left changes nothing', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.ipV4(), fc.string(), fc.constant('10.0.0.3'))), (invented) => {
        expect(seen(forwarded(...invented, '198.51.100.2, 10.0.0.9'))).toBe('198.51.100.2')
      }),
    )
  })

  it('takes no longer for a hostile list', () => {
    const startedAt = performance.now()
    seen(forwarded(`${'10.0.0.1,'.repeat(1_700)}x`))
    expect(performance.now() - startedAt).toBeLessThan(500)
  })
})

describe('TLS behind a trusted proxy', () => {
  const proxies = addressSet('trustedProxies', ['10.0.0.0/8'])
  const tlsOf = (headers: string[], header?: string, tls?: string) =>
    actualPeer({ address: '10.0.0.1', tls }, new Head(headers), proxies, header).tls

  it.each([
    ['https', 'https'],
    ['HTTPS', 'https'],
    ['http', undefined],
    ['http, https', 'https'],
    ['https, http', undefined],
    ['', undefined],
    ['httpss', undefined],
  ])('X-Forwarded-Proto of %j is %s', (proto, tls) => {
    expect(tlsOf(['X-Forwarded-Proto', proto])).toBe(tls)
  })

  it('is what the proxy spoke, not what it speaks to us', () => {
    expect(tlsOf([], undefined, 'TLSv1.3')).toBeUndefined()
    expect(tlsOf(['X-Forwarded-Proto', 'http'], undefined, 'TLSv1.3')).toBeUndefined()
  })

  it('sent twice is none', () => {
    expect(tlsOf(['X-Forwarded-Proto', 'https', 'X-Forwarded-Proto', 'https'])).toBeUndefined()
  })

  it('has the version of the header that was named, if the proxy says TLS', () => {
    const version = ['X-TLS-Version', 'TLSv1.3']
    expect(tlsOf(['X-Forwarded-Proto', 'https', ...version], 'x-tls-version')).toBe('TLSv1.3')
    expect(tlsOf(['X-Forwarded-Proto', 'https', ...version])).toBe('https')
    expect(tlsOf(version, 'x-tls-version')).toBeUndefined()
  })

  it('without a version meets only a requirement without one', () => {
    expect(isSecureEnough('https', true)).toBe(true)
    expect(isSecureEnough('https', 'TLSv1.2')).toBe(false)
    expect(isSecureEnough(undefined, false)).toBe(true)
  })
})
