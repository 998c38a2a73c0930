import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { advanceAiEvents, advanceAiSimulator, pressEvents, pressSimulator } from '../src/index.ts'
import { listen } from './support/listen.ts'
import { ADVANCE_AI_SECRET, PRESS_SECRET } from './support/secrets.ts'

const hasOpenssl = spawnSync('openssl', ['version']).status === 0

/** A throw-away key and a certificate for 127.0.0.1, signed with itself. */
function selfSigned() {
  const folder = mkdtempSync(join(tmpdir(), 'simulator-tls-'))
  try {
    const [keyFile, certFile] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
    const request =
      'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 -subj /CN=simulator'
    const target = ['-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', keyFile, '-out', certFile]
    execFileSync('openssl', [...request.split(' '), ...target], { stdio: 'ignore' })
    return { key: readFileSync(keyFile), cert: readFileSync(certFile) }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

describe.skipIf(!hasOpenssl)('over HTTPS', () => {
  const pair = hasOpenssl ? selfSigned() : { key: '', cert: '' }
  const { cert: ca } = pair
  const envelope = pressEvents().envelope()
  const completed = advanceAiEvents().of('COMPLETED')
  const [timeScale, timeLimitMs] = [0, 10_000]

  it('PRESS speaks TLS 1.3', async () => {
    const server = await listen([200], { ...pair, minVersion: 'TLSv1.2' })
    const press = pressSimulator({ url: server.url, secret: PRESS_SECRET, ca, timeScale, timeLimitMs })
    expect(await press.deliver(envelope)).toMatchObject({ outcome: 'accepted' })
    expect(server.heard).toMatchObject([{ tls: 'TLSv1.3', body: envelope.body }])
  })

  it('PRESS speaks nothing older; ADVANCE.AI speaks TLS 1.2', async () => {
    const server = await listen([200], { ...pair, maxVersion: 'TLSv1.2' })
    const press = pressSimulator({ url: server.url, secret: PRESS_SECRET, ca, timeScale, timeLimitMs })
    const report = await press.deliver(envelope)
    expect(report.outcome).toBe('gave-up')
    expect(report.attempts[0]?.error).toMatch(/^EPROTO$|PROTOCOL_VERSION/)
    expect(server.heard).toEqual([])

    const advanceAi = advanceAiSimulator({ url: server.url, secret: ADVANCE_AI_SECRET, ca, timeScale })
    expect(await advanceAi.deliver(completed)).toMatchObject({ outcome: 'accepted' })
    expect(server.heard).toMatchObject([{ tls: 'TLSv1.2' }])
  })

  it('trusts no certificate that it was not told to trust', async () => {
    const server = await listen([200], pair)
    const press = pressSimulator({ url: server.url, secret: PRESS_SECRET, timeScale, timeLimitMs })
    const report = await press.deliver(envelope)
    expect(report.attempts[0]).toMatchObject({ error: 'DEPTH_ZERO_SELF_SIGNED_CERT' })
    expect(server.heard).toEqual([])
  })
})
