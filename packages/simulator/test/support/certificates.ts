import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface Pair {
  key: Buffer
  cert: Buffer
}

/** Throw-away certificates, made by `openssl`. */
export interface Certificates {
  /** The authority that signed all of them but `selfSigned`. */
  ca: Buffer
  sound: Pair
  expired: Pair
  /** For example.com, not for 127.0.0.1. */
  elsewhere: Pair
  selfSigned: Pair
}

/** `remark` goes into the names of tests that are skipped without it. */
export const openssl: { found: boolean; remark: string } =
  spawnSync('openssl', ['version']).status === 0
    ? { found: true, remark: '' }
    : { found: false, remark: ' (skipped: no openssl on this machine)' }

const NEW_KEY = 'req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes'.split(' ')

export function makeCertificates(): Certificates {
  const folder = mkdtempSync(join(tmpdir(), 'simulator-tls-'))
  const file = (name: string) => join(folder, name)
  const run = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' })
  const pair = (name: string): Pair => ({
    key: readFileSync(file(`${name}.key`)),
    cert: readFileSync(file(`${name}.pem`)),
  })

  function selfSigned(name: string): Pair {
    const extension = ['-addext', 'subjectAltName=IP:127.0.0.1']
    run(
      ...NEW_KEY,
      '-x509',
      '-days',
      '1',
      '-subj',
      `/CN=${name}`,
      ...extension,
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.pem`,
    )
    return pair(name)
  }
  function signed(name: string, host: string, days: number): Pair {
    writeFileSync(file(`${name}.ext`), `subjectAltName=${host}`)
    run(...NEW_KEY, '-subj', `/CN=${name}`, '-keyout', `${name}.key`, '-out', `${name}.csr`)
    const authority = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial']
    run(
      'x509',
      '-req',
      '-in',
      `${name}.csr`,
      ...authority,
      '-days',
      String(days),
      '-extfile',
      `${name}.ext`,
      '-out',
      `${name}.pem`,
    )
    return pair(name)
  }
  try {
    return {
      ca: selfSigned('ca').cert,
      sound: signed('sound', 'IP:127.0.0.1', 1),
      expired: signed('expired', 'IP:127.0.0.1', -1),
      elsewhere: signed('elsewhere', 'DNS:example.com', 1),
      selfSigned: selfSigned('self'),
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}
