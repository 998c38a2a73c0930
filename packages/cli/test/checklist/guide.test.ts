import { execFile } from 'node:child_process'
import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { POINTS } from '../../src/checklist/points.ts'
import { PROVIDERS, type ProviderName } from '../../src/providers.ts'
import { checkOutput, environment, main } from '../support/cli.ts'
import { temporaryDirectory } from '../support/temporary.ts'
import { handWritten } from './support/hand-written.ts'

const guide = readFileSync(new URL('../../../../docs/guides/checklist.md', import.meta.url), 'utf8')

/** The command lines of the `sh` fences, each with the exit code that a comment before it says. */
const shown = [...guide.matchAll(/^```sh\n(.*?)^```$/gms)].flatMap(([, fence = '']) => {
  const lines = fence.split('\n')
  return lines.flatMap((commandLine, index) => {
    const [, code = '0'] = /^# exit code (\d)$/.exec(lines[index - 1] ?? '') ?? []
    return commandLine.startsWith('kyc-webhooks ') ? [{ commandLine, code: Number(code) }] : []
  })
})

/** Sizes and times are others each time. */
const withoutNumbers = (text: string) => text.replaceAll(/\d+ (bytes|ms)/g, 'n $1')

test('there are command lines', () => {
  expect(shown.length).toBeGreaterThan(5)
})

// Tried again when something else on the machine got in the way of the 500 ms.
test.each(shown)('$commandLine', { retry: 3 }, async ({ commandLine, code }) => {
  const provider = PROVIDERS.find((name) => commandLine.includes(`--provider ${name}`)) as ProviderName
  const sound = await handWritten(provider)
  const mistaken = await handWritten(provider, 'signs-parsed-body')
  const directory = temporaryDirectory()
  const bin = join(directory, 'kyc-webhooks')
  writeFileSync(bin, `#!/bin/sh\nexec ${process.execPath} --conditions=@kyc-webhooks/source ${main} "$@"\n`)
  chmodSync(bin, 0o755)
  const here = commandLine
    .replaceAll('127.0.0.1:3000', sound.url.host)
    .replaceAll('127.0.0.1:8080', mistaken.url.host)
  const env = environment({ PATH: `${directory}${delimiter}${process.env.PATH}` })
  const ran = await promisify(execFile)('sh', ['-c', here], { cwd: directory, env }).catch((error) => error)
  checkOutput(ran.stdout + ran.stderr)
  expect(ran.code ?? 0, ran.stdout + ran.stderr).toBe(code)
  if (code === 1)
    expect(withoutNumbers(guide)).toContain(
      withoutNumbers(ran.stdout.replaceAll(mistaken.url.host, '127.0.0.1:8080')),
    )
})

test('the guide names every point, and for whom it is', () => {
  const rows = [...guide.matchAll(/^\| `([a-z0-9-]+)` \|(.*?)\|(.*?)\|(.*?)\|/gm)]
  const named = rows.map(([, id, ...cells]) => [id, ...cells.map((cell) => cell.trim())])
  const cell = (isAsked: boolean, dated: boolean) => (isAsked ? (dated ? 'session API' : 'x') : '')
  expect(named).toEqual(
    POINTS.toSorted((a, b) => order(a.id) - order(b.id)).map(({ id, pages, dated = false }) => [
      id,
      cell('press' in pages, false),
      cell('uip' in pages, dated),
      cell('advance-ai' in pages, false),
    ]),
  )
  function order(id: string): number {
    return named.findIndex(([name]) => name === id)
  }
})
