import { describe, expect, it } from 'vitest'
import { Head } from '../../src/head.ts'
import { addressSet } from '../../src/network.ts'
import { type AdmissionPolicy, admit } from '../../src/steps/admit.ts'
import { rejection } from '../support/rejection.ts'

const anybody: AdmissionPolicy = {
  allowed: undefined,
  requireTls: false,
}
const plain = { address: '192.0.2.1', tls: undefined }
const head = (...raw: string[]) => new Head(raw)

describe('method', () => {
  it('POST is admitted', () => {
    expect(() => admit('POST', head(), plain, anybody)).not.toThrow()
  })

  it.each(['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'post', 'POST ', ''])(
    '%j is not',
    (method) => {
      expect(rejection(() => admit(method, head(), plain, anybody)).code).toBe('method-not-allowed')
    },
  )
})

describe('Content-Encoding', () => {
  it.each(['identity', 'Identity', 'IDENTITY'])('%s is none', (encoding) => {
    expect(() => admit('POST', head('Content-Encoding', encoding), plain, anybody)).not.toThrow()
  })

  it.each([
    'gzip',
    'deflate',
    'br',
    'zstd',
    'x-gzip',
    'gzip, identity',
    'identity, identity',
    'nonsense',
    '',
  ])('%j is refused: what is signed are the bytes as sent', (encoding) => {
    const refused = rejection(() => admit('POST', head('content-encoding', encoding), plain, anybody))
    expect(refused.code).toBe('encoding-not-supported')
  })

  it('is refused when it comes twice', () => {
    const twice = head('content-encoding', 'identity', 'Content-Encoding', 'gzip')
    expect(rejection(() => admit('POST', twice, plain, anybody)).code).toBe('header-repeated')
  })
})

describe('Transfer-Encoding', () => {
  it.each(['chunked', 'Chunked'])('%s is read', (coding) => {
    expect(() => admit('POST', head('Transfer-Encoding', coding), plain, anybody)).not.toThrow()
  })

  it.each([',chunked', 'identity, chunked', 'gzip, chunked', 'chunked, chunked', 'identity', 'gzip', ''])(
    '%j is refused: others may take it for something else',
    (coding) => {
      const refused = rejection(() => admit('POST', head('transfer-encoding', coding), plain, anybody))
      expect(refused.code).toBe('encoding-not-supported')
    },
  )

  it('is refused when it comes twice', () => {
    const twice = head('transfer-encoding', 'chunked', 'Transfer-Encoding', 'chunked')
    expect(rejection(() => admit('POST', twice, plain, anybody)).code).toBe('header-repeated')
  })
})

describe('address', () => {
  const policy = { ...anybody, allowed: addressSet('allowedAddresses', ['192.0.2.0/28']) }

  it('one that is listed is admitted', () => {
    expect(() => admit('POST', head(), plain, policy)).not.toThrow()
  })

  it.each(['192.0.2.16', '::1', undefined, 'unix socket'])('%s is not', (address) => {
    const refused = rejection(() => admit('POST', head(), { address, tls: undefined }, policy))
    expect(refused.code).toBe('address-not-allowed')
  })
})

describe('TLS', () => {
  const table = [
    [undefined, false, true],
    [undefined, true, false],
    [undefined, 'TLSv1.2', false],
    ['TLSv1.1', true, true],
    ['TLSv1.1', 'TLSv1.2', false],
    ['TLSv1.2', 'TLSv1.2', true],
    ['TLSv1.2', 'TLSv1.3', false],
    ['TLSv1.3', 'TLSv1.2', true],
    ['TLSv1.3', 'TLSv1.3', true],
    // A version that nobody has heard of yet is not known to be enough.
    ['TLSv1.4', 'TLSv1.3', false],
  ] as const

  it.each(table)('a connection of %s where %s is required: admitted %s', (tls, requireTls, admitted) => {
    const run = () => admit('POST', head(), { ...plain, tls }, { ...anybody, requireTls })
    if (admitted) expect(run).not.toThrow()
    else expect(rejection(run).code).toBe('transport-not-secure')
  })
})
