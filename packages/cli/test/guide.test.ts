import { execFile, spawn } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { sqliteInbox } from '@kyc-webhooks/sqlite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { application } from './support/application.ts'
import { capture } from './support/captures.ts'
import { checkOutput, environment, main } from './support/cli.ts'
import { fill } from './support/filled-inbox.ts'
import { type AtEnd, temporaryDirectory } from './support/temporary.ts'

const root = new URL('../../../', import.meta.url)
const pages = ['docs/guides/command-line.md', 'packages/cli/README.md']

interface Shown {
  page: string
  commandLine: string
  /** As a comment before it says, `# exit code 1`. */
  code: number
}

/** The command lines of the `sh` fences that are ours. */
const shown: Shown[] = pages.flatMap((page) => {
  const text = readFileSync(new URL(page, root), 'utf8')
  return [...text.matchAll(/^```sh\n(.*?)^```$/gms)].flatMap(([, fence = '']) => {
    const lines = fence.replaceAll('\\\n', '').split('\n')
    return lines.flatMap((line, index) => {
      if (!/^(npx )?kyc-webhooks /.test(line)) return []
      const [, code = '0'] = /^# exit code (\d)$/.exec(lines[index - 1] ?? '') ?? []
      return [{ page, commandLine: line, code: Number(code) }]
    })
  })
})

let directory: string
let env: NodeJS.ProcessEnv
let here: (commandLine: string) => string

const undos: Parameters<AtEnd>[0][] = []
const atEnd: AtEnd = (undo) => void undos.unshift(undo)
afterAll(async () => {
  for (const undo of undos) await undo()
})

/** What the examples take for granted: an inbox, captures, and an application. They run one after the other, as read. */
beforeAll(async () => {
  directory = temporaryDirectory(atEnd)
  await fill(sqliteInbox({ file: join(directory, 'kyc-webhooks.db') }), atEnd)
  const { rawHeaders, body } = capture('press')
  const lines = rawHeaders.map((text, index) => (index % 2 === 0 ? `${text}: ` : `${text}\n`)).join('')
  writeFileSync(join(directory, 'delivery.http'), Buffer.concat([Buffer.from(`${lines}\n`), body]))
  writeFileSync(join(directory, 'edited.http'), `${lines}\n${body}\n`)
  writeFileSync(join(directory, 'headers.txt'), lines)
  writeFileSync(join(directory, 'body.json'), body)
  const bin = join(directory, 'bin')
  mkdirSync(bin)
  // The half second of PRESS is no matter here.
  const patience =
    'case "$*" in "send --provider press"*|"load --provider press"*) set -- "$@" --time-limit 20s;; esac'
  const run = `${patience}\nexec ${process.execPath} --conditions=@kyc-webhooks/source ${main} "$@"`
  for (const [name, script] of [
    ['kyc-webhooks', run],
    ['npx', 'exec "$@"'],
  ] as const) {
    writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`)
    chmodSync(join(bin, name), 0o755)
  }
  env = environment({ PATH: `${bin}${delimiter}${process.env.PATH}` })
  const { host } = await application(atEnd)
  // The examples' ports may be taken here.
  here = (line) => line.replaceAll('--port 3000', '--port 0').replaceAll(/127\.0\.0\.1:(3000|8080)/g, host)
}, 60_000)

test('the pages show every command', () => {
  const commands = new Set(
    shown.map(({ commandLine }) => /kyc-webhooks (inbox( quarantine)? )?\S+/.exec(commandLine)?.[0]),
  )
  for (const command of [
    'serve',
    'send',
    'load',
    'verify',
    'secret',
    'inbox stats',
    'inbox list',
    'inbox show',
    'inbox retry',
    'inbox erase',
    'inbox export',
    'inbox quarantine list',
  ])
    expect(commands).toContain(`kyc-webhooks ${command}`)
})

test.each(shown.filter(({ commandLine }) => !commandLine.includes(' serve ')))(
  '$page: $commandLine',
  async ({ commandLine, code }) => {
    const ran = await promisify(execFile)('sh', ['-c', here(commandLine)], { cwd: directory, env }).catch(
      (error) => error,
    )
    checkOutput(ran.stdout + ran.stderr)
    expect(ran.code ?? 0, ran.stderr).toBe(code)
    if (code === 1)
      expect(readFileSync(new URL('docs/guides/command-line.md', root), 'utf8')).toContain(ran.stdout)
  },
)

test.each(shown.filter(({ commandLine }) => commandLine.includes(' serve ')))(
  '$page: $commandLine',
  async ({ commandLine }) => {
    const child = spawn('sh', ['-c', `exec ${here(commandLine)}`], { cwd: directory, env })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (text) => {
        output += text
      })
    }
    const end = () => {
      if (!output.includes('listening on')) return
      child.stdout.off('data', end)
      child.kill('SIGINT')
    }
    child.stdout.on('data', end)
    const code = await new Promise((resolve) => child.on('close', resolve))
    expect(code, output).toBe(0)
  },
)

test('the guide names every mistake that is known, and no other', async () => {
  const { MISTAKES } = await import('../src/verify/mistakes.ts')
  const guide = readFileSync(fileURLToPath(new URL('docs/guides/command-line.md', root)), 'utf8')
  const [, table = ''] = /^\| about \| mistakes \|\n(.*?)\n\n/ms.exec(guide) ?? []
  const rows = table.split('\n').filter((row) => !row.startsWith('| seen'))
  const named = rows.flatMap((row) =>
    [...row.matchAll(/`([a-z0-9]+(?:-[a-z0-9]+)*)`/g)].map(([, name]) => name),
  )
  expect(named.toSorted()).toEqual(
    MISTAKES.flat()
      .map(({ name }) => name)
      .toSorted(),
  )
})
