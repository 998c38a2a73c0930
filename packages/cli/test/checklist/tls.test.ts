import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import type { ServerOptions } from 'node:https'
import { join } from 'node:path'
import { installed, temporaryFolder } from '@kyc-webhooks/example-harness'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ProviderName } from '../../src/providers.ts'
import { handWritten } from './support/hand-written.ts'
import { runAll, withStatus } from './support/run.ts'

const openssl = installed('openssl', 'version')

describe.skipIf(!openssl.found)(`over TLS${openssl.remark}`, () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>
  let certificate: { cert: Buffer; key: Buffer }

  beforeAll(async () => {
    folder = await temporaryFolder()
    const [certFile, keyFile] = [join(folder.path, 'cert.pem'), join(folder.path, 'key.pem')]
    const kind = 'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1'.split(' ')
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1']
    execFileSync('openssl', [...kind, ...subject, '-out', certFile, '-keyout', keyFile], { stdio: 'pipe' })
    certificate = { cert: readFileSync(certFile), key: readFileSync(keyFile) }
  })
  afterAll(() => folder.remove())

  const check = async (provider: ProviderName, versions: ServerOptions, isTrusted = true) => {
    const receiver = await handWritten(provider, undefined, { ...certificate, ...versions })
    return runAll(provider, receiver, isTrusted ? { ca: certificate.cert } : {})
  }

  test.each([
    ['press', { minVersion: 'TLSv1.3' }],
    ['uip', {}],
    ['advance-ai', { minVersion: 'TLSv1.2' }],
    ['advance-ai', { minVersion: 'TLSv1.3' }],
    ['advance-ai', { maxVersion: 'TLSv1.2' }],
  ] as const)('%s: with %j every point passes, and none is left out', async (provider, versions) => {
    const { points, counts } = await check(provider, versions)
    expect(counts.pass).toBe(points.length)
  })

  test('press: TLS 1.2 beside TLS 1.3 is found by tls-version alone', async () => {
    const report = await check('press', { minVersion: 'TLSv1.2' })
    expect(withStatus(report, 'fail')).toEqual(['tls-version'])
    expect(report.counts.pass).toBe(report.points.length - 1)
  })

  test('advance-ai: TLS 1.1 is found by tls-version alone', async () => {
    const report = await check('advance-ai', { minVersion: 'TLSv1', ciphers: 'DEFAULT:@SECLEVEL=0' })
    expect(withStatus(report, 'fail')).toEqual(['tls-version'])
    expect(report.counts.pass).toBe(report.points.length - 1)
  })

  test('press: without TLS 1.3 nothing can be delivered', async () => {
    const report = await check('press', { maxVersion: 'TLSv1.2' })
    expect(withStatus(report, 'fail')).toEqual(['tls-version'])
    expect(withStatus(report, 'pass')).toEqual(['https'])
  })

  test('a certificate that is not trusted is found by https, and nothing is sent', async () => {
    const report = await check('uip', {}, false)
    expect(withStatus(report, 'fail')).toEqual(['https'])
    expect(withStatus(report, 'pass')).toEqual([])
    expect(report.points[0]?.reason).toContain('DEPTH_ZERO_SELF_SIGNED_CERT')
  })
})
