import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Suspect } from '../src/verify/suspect.ts'
import { capture, withBody } from './support/captures.ts'
import { kyc, kycJson } from './support/cli.ts'
import { secrets } from './support/secrets.ts'
import { temporaryDirectory } from './support/temporary.ts'

/** Writes a capture in both forms, and gives the options that name them. */
function write({ rawHeaders, body }: Suspect) {
  const directory = temporaryDirectory()
  const [request, headers, bytes] = ['request.http', 'headers.txt', 'body.json'].map((name) =>
    join(directory, name),
  ) as [string, string, string]
  const lines = rawHeaders.map((text, index) => (index % 2 === 0 ? `${text}: ` : `${text}\r\n`)).join('')
  writeFileSync(request, Buffer.concat([Buffer.from(`POST / HTTP/1.1\r\n${lines}\r\n`), body]))
  writeFileSync(headers, lines)
  writeFileSync(bytes, body)
  return { request: ['--request', request], files: ['--headers', headers, '--body', bytes] }
}

test.each(['press', 'uip', 'advance-ai'] as const)(
  '%s: a capture that verifies, in both forms',
  async (name) => {
    const { request, files } = write(capture(name))
    for (const form of [request, files]) {
      const ran = await kyc(['verify', '--provider', name, ...form])
      expect(ran).toMatchObject({ code: 0, stderr: '' })
      expect(ran.stdout).toMatch(`${name}: verifies\n`)
    }
  },
)

test('a mistake is named, explained, and mended, with code 1', async () => {
  const { request } = write(withBody(capture('press'), (body) => `${body}\n`))
  const ran = await kyc(['verify', '--provider', 'press', ...request])
  expect(ran.code).toBe(1)
  expect(ran.stdout).toMatch(
    /^press: does not verify \(signature-mismatch\)\n\ntrailing-newline-added: .+\nWhat to do: .+\n$/,
  )
  const { code, values } = await kycJson(['verify', '--provider', 'press', ...request])
  expect({ code, values }).toMatchObject({
    code: 1,
    values: [
      {
        provider: 'press',
        verifies: false,
        code: 'signature-mismatch',
        mistakes: [{ name: 'trailing-newline-added' }],
      },
    ],
  })
})

test('what nothing explains says so, with code 1', async () => {
  const { request } = write(capture('press', { signedWith: 'whsec_of-somebody-else-altogether' }))
  const ran = await kyc(['verify', '--provider', 'press', ...request])
  expect(ran.code).toBe(1)
  expect(ran.stdout).toMatch(/^None of the known mistakes explains it/m)
})

test('its age is told, and is a failure only at the time of its arrival', async () => {
  const { request } = write(capture('press', { timestamp: Math.floor(Date.now() / 1000) - 7_300 }))
  const old = await kyc(['verify', '--provider', 'press', ...request])
  expect(old.code).toBe(0)
  expect(old.stdout).toMatch(/^Its timestamp is 2 h 1 min old: a receiver refuses it/m)
  expect(await kyc(['verify', '--provider', 'press', ...request, '--at', 'now'])).toMatchObject({ code: 1 })
  const arrival = new Date(Date.now() - 7_299_000).toISOString()
  const then = await kycJson(['verify', '--provider', 'press', ...request, '--at', arrival])
  expect(then).toMatchObject({ code: 0, values: [{ verifies: true }] })
})

test('authentic and still not usable is told', async () => {
  const { request } = write(capture('uip', { body: 'no JSON' }))
  const ran = await kyc(['verify', '--provider', 'uip', ...request])
  expect(ran).toMatchObject({ code: 0, stdout: expect.stringContaining('body-not-json') })
})

test('the scheme is an option, and one of another provider is refused', async () => {
  const { request } = write(capture('uip', { scheme: 'timestamped' }))
  expect(await kyc(['verify', '--provider', 'uip', ...request])).toMatchObject({ code: 1 })
  expect(await kyc(['verify', '--provider', 'uip', '--scheme', 'timestamped', ...request])).toMatchObject({
    code: 0,
  })
  expect(await kyc(['verify', '--provider', 'press', '--scheme', 'body', ...request])).toMatchObject({
    code: 2,
    stderr: 'kyc-webhooks: --scheme is for uip alone\n',
  })
})

test('the secret comes from a variable or a file, and never from an argument', async () => {
  const { request } = write(capture('press'))
  const run = (args: string[], env: Record<string, string | undefined> = {}) =>
    kyc(['verify', '--provider', 'press', ...request, ...args], {
      env: { PRESS_WEBHOOK_SECRET: undefined, ...env },
    })
  expect(await run(['--secret-env', 'MINE'], { MINE: secrets.press })).toMatchObject({ code: 0 })
  const file = join(temporaryDirectory(), 'secret')
  writeFileSync(file, `${secrets.press}\n`)
  expect(await run(['--secret-file', file])).toMatchObject({ code: 0 })
  expect(await run([])).toMatchObject({ code: 2, stderr: expect.stringContaining('PRESS_WEBHOOK_SECRET') })
  expect(await run(['--secret-env', 'A', '--secret-file', file])).toMatchObject({ code: 2 })
  expect(await run(['--secret-file', `${file}.none`])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('ENOENT'),
  })
  // What `kyc` checks of all output: that the secret is not repeated.
  expect(await run(['--secret', secrets.press])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('--secret-env'),
  })
  expect(await run([`--secret=${secrets.press}`])).toMatchObject({ code: 2 })
})

test('a capture is wanted, in one form', async () => {
  const { request, files } = write(capture('press'))
  for (const form of [[], [...request, ...files], files.slice(0, 2)])
    expect(await kyc(['verify', '--provider', 'press', ...form])).toMatchObject({ code: 2 })
})
