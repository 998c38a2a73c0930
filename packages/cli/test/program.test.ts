import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { CommandUnknownOpts } from '@commander-js/extra-typings'
import { sqliteInbox } from '@kyc-webhooks/sqlite'
import { describe, expect, onTestFinished, test } from 'vitest'
import { program } from '../src/program.ts'
import { environment, kyc, kycJson, main } from './support/cli.ts'
import { temporaryDirectory } from './support/temporary.ts'

interface Named {
  path: string[]
  command: CommandUnknownOpts
}

/** All commands, with the words that lead to them. */
function all(command: CommandUnknownOpts, path: string[] = []): Named[] {
  const below = command.commands.flatMap((each) => all(each, [...path, each.name()]))
  return [{ path, command }, ...below]
}

const commands = all(program())
const leaves = commands.filter(({ command }) => command.commands.length === 0)

test('these are the commands', () => {
  expect(leaves.map(({ path }) => path.join(' '))).toEqual([
    'send',
    'load',
    'serve',
    'verify',
    'checklist',
    'inbox list',
    'inbox show',
    'inbox stats',
    'inbox retry',
    'inbox quarantine list',
    'inbox quarantine show',
    'inbox quarantine discard',
    'inbox quarantine redrive',
    'inbox unverified list',
    'inbox unverified reverify',
    'inbox export',
    'inbox erase',
    'inbox move',
    'inbox sql',
    'secret',
  ])
})

describe('--help', () => {
  test.each(commands)('of $path', async ({ path }) => {
    for (const flag of ['--help', '-h']) {
      const { code, stdout, stderr } = await kyc([...path, flag])
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      expect(stdout).toContain(`Usage: ${['kyc-webhooks', ...path].join(' ')}`)
    }
  })

  const nameOf = (line: string) =>
    leaves.find(({ path }) => line.startsWith(path.join(' ')))?.command.name() ?? ''
  const shown = commands.flatMap(({ command }) => {
    let text = ''
    command.configureOutput({
      writeOut: (each) => {
        text += each
      },
    })
    command.outputHelp()
    const lines = [...text.matchAll(/^ {2}kyc-webhooks (.+)$/gm)].map(([, line = '']) => line)
    return lines.map((line) => ({ line, name: nameOf(line) }))
  })

  test('has examples, but for what is only there to explain', () => {
    const without = leaves.filter(({ command }) => !shown.some(({ name }) => name === command.name()))
    expect(without.map(({ path }) => path.join(' '))).toEqual([
      'inbox quarantine redrive',
      'inbox unverified reverify',
    ])
  })

  test.each(shown)('the example `$line` is understood', async ({ line, name }) => {
    const ran: string[] = []
    const parsed = program()
    for (const { command } of all(parsed)) {
      if (command.commands.length === 0) command.action(() => void ran.push(command.name()))
    }
    const args = line.replace(/ > \S+$/, '').split(' ')
    await parsed.parseAsync(args, { from: 'user' })
    expect(ran).toEqual([name])
  })
})

test('--version', async () => {
  expect(await kyc(['--version'])).toMatchObject({ code: 0, stdout: '0.1.0\n', stderr: '' })
})

test.each([
  [['nothing'], "unknown command 'nothing'"],
  [['sned'], '(Did you mean send?)'],
  [['inbox', 'nothing'], "unknown command 'nothing'"],
  [['inbox', 'list', '--nothing'], "unknown option '--nothing'"],
  [['inbox', 'list', '--limit', 'x'], 'a whole number from 1'],
  [['inbox', 'list', '--limit', '0'], 'a whole number from 1'],
  [['inbox', 'list', 'too-many'], 'too many arguments'],
  [['inbox', 'show'], "missing required argument 'seq'"],
  [['inbox', 'erase', 'everything'], 'Allowed choices are dead-letters, quarantined'],
  [['inbox', 'erase', 'dead-letters', '--older-than', '30'], '30d'],
  [['inbox', 'stats', '--inbox-env', 'NOT_SET'], 'NOT_SET is not set'],
  [['inbox', 'stats', '--inbox', 'a.db', '--inbox-env', 'B'], 'not both'],
  [['inbox', 'stats', '--inbox', 'a.db', '--schema', 'b'], 'for Postgres alone'],
  [['inbox', 'export', 'quarantined', '--state', 'dead'], 'for events alone'],
  [['inbox', 'retry', '1', '--all'], 'say --all'],
  [['inbox', 'retry', '1', '--receiver', 'a'], 'goes with --all'],
  [['inbox', 'quarantine', 'redrive', '1'], 'inbox.redrive(seq)'],
  [['inbox', 'unverified', 'reverify'], 'receiver.reverify()'],
  [['secret'], "'--provider <name>' not specified"],
])('%j is wrong usage: code 2, and one line that says so', async (args, message) => {
  const { code, stdout, stderr } = await kyc(args)
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toContain(message)
  expect(stderr).toMatch(/^kyc-webhooks: .+\n$/)
})

const SECRET = 'whsec_hunter2hunter2hunter2'

test.each([
  ['send', '--provider', 'press', '--secret-env', SECRET],
  ['send', '--provider', 'press', '--secret-env', '0123456789abcdef0123456789abcdef'],
  ['send', '--provider', 'press', '--secret-file', SECRET],
  ['send', '--provider', 'press', SECRET],
  ['send', '--provider', 'press', '--url', SECRET],
  ['send', '--provider', 'press', `--secrets=${SECRET}`],
  ['inbox', 'stats', '--inbox-env', `postgres://user:${SECRET}@localhost/db`],
  ['inbox', 'stats', '--inbox', `mysql://user:${SECRET}@localhost/db`],
  ['inbox', 'show', SECRET],
  ['inbox', 'erase', SECRET],
  [SECRET],
])('%s %s %s %s %s: what may be a secret is refused, and not quoted', async (...args) => {
  const { code, stdout, stderr } = await kyc(args)
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toMatch(/^kyc-webhooks: .+\n$/)
  expect(stderr).not.toMatch(/hunter2|0123456789abcdef/)
})

test.each(['list', 'retry --all --yes', 'export events', 'quarantine list'])(
  'inbox %s: an empty receiver is not all of them',
  async (command) => {
    const ran = await kyc(['inbox', ...command.split(' '), '--receiver', ''])
    expect(ran).toMatchObject({ code: 2, stderr: expect.stringContaining('not an empty text') })
  },
)

test('no command at all: help, and code 2', async () => {
  expect(await kyc([])).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('Usage:') })
  expect(await kyc(['inbox'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('Usage: kyc-webhooks inbox'),
  })
})

test.each([
  ['press', /^whsec_[A-Za-z0-9+/]{43}=$/],
  ['uip', /^uip_whsec_[0-9a-f]{64}$/],
  ['advance-ai', /^[A-Za-z0-9+/]{43}=$/],
])(
  'secret: of the form of %s, another each time, and one that the receiver takes',
  async (provider, form) => {
    const { code, stdout, stderr } = await kyc(['secret', '--provider', provider])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout.trimEnd()).toMatch(form)
    const { values } = await kycJson(['secret', '--provider', provider])
    expect(values).toMatchObject([{ provider, secret: expect.stringMatching(form) }])
    expect(values[0].secret).not.toBe(stdout.trimEnd())
    const file = join(temporaryDirectory(), 'secret')
    writeFileSync(file, stdout)
    const sent = await kycJson([
      'send',
      '--provider',
      provider,
      '--secret-file',
      file,
      '--url',
      'http://127.0.0.1:1/',
    ])
    expect(sent.values).toMatchObject([{ error: 'ECONNREFUSED' }])
  },
)

test('a reader that has enough is no trouble', async () => {
  const inbox = sqliteInbox({ file: join(temporaryDirectory(), 'inbox.db') })
  onTestFinished(() => inbox.close())
  await inbox.open()
  const file = inbox.name.replace('sqlite ', '')
  const child = spawn(
    process.execPath,
    ['--conditions=@kyc-webhooks/source', main, 'inbox', 'list', '--inbox', file],
    {
      env: environment(),
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  child.stdout.destroy()
  let stderr = ''
  child.stderr.on('data', (text) => {
    stderr += text
  })
  const [code] = await once(child, 'close')
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
})
