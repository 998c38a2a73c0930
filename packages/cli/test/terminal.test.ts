import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { sqliteInbox } from '@kyc-webhooks/sqlite'
import { describe, expect, test } from 'vitest'
import { environment, main, type RunOptions } from './support/cli.ts'
import { fill } from './support/filled-inbox.ts'
import { listen } from './support/listen.ts'
import { temporaryDirectory } from './support/temporary.ts'

/** util-linux's, which every Debian has, makes a terminal. */
const found = spawnSync('script', ['--version'], { stdio: 'ignore' }).status === 0
const remark = found ? '' : ' [NOT RUN: script of util-linux is not installed]'
if (!found) console.warn('\n!!! script IS NOT INSTALLED: the tests of what a terminal shows DO NOT RUN\n')

/** Runs a command on a terminal, where somebody types `typed`. */
async function onTerminal(
  args: readonly string[],
  { typed = '', env }: { typed?: string; env?: RunOptions['env'] } = {},
) {
  const command = [process.execPath, '--conditions=@kyc-webhooks/source', main, ...args].join(' ')
  const child = spawn('script', ['--quiet', '--return', '--command', command, '/dev/null'], {
    // Node.js takes the terminals of builders for ones without colours.
    env: environment({ TERM: 'xterm', NO_COLOR: undefined, CI: undefined, ...env }),
  })
  let output = ''
  let isAnswered = false
  child.stdout.setEncoding('utf8').on('data', (text) => {
    output += text
    if (isAnswered || !output.includes('[y/N]')) return
    isAnswered = true
    child.stdin.write(typed)
  })
  const [code] = await once(child, 'close')
  return { code, output }
}

const ESCAPE = '\u001b['

describe.skipIf(!found)(`on a terminal${remark}`, () => {
  async function filled() {
    const file = join(temporaryDirectory(), 'inbox.db')
    const inbox = sqliteInbox({ file })
    await fill(inbox)
    return { inbox, file }
  }

  test('there are colours, unless NO_COLOR says otherwise', async () => {
    const { file } = await filled()
    const args = ['inbox', 'stats', '--inbox', file]
    expect((await onTerminal(args)).output).toContain(ESCAPE)
    expect((await onTerminal(args, { env: { NO_COLOR: '1' } })).output).not.toContain(ESCAPE)
  })

  test('what deletes asks first', async () => {
    const { file, inbox } = await filled()
    const args = ['inbox', 'erase', 'dead-letters', '3', '--inbox', file]
    const refused = await onTerminal(args, { typed: 'n\n' })
    expect(refused).toMatchObject({
      code: 1,
      output: expect.stringContaining('Delete 1 dead-letters for good? [y/N]'),
    })
    expect(await onTerminal(args, { typed: '\n' })).toMatchObject({ code: 1 })
    expect(await inbox.stats()).toMatchObject({ dead: 2 })
    expect(await onTerminal(args, { typed: 'y\n' })).toMatchObject({ code: 0 })
    expect(await inbox.stats()).toMatchObject({ dead: 1 })
  })

  test('load draws its histogram again and again', async () => {
    const { url } = await listen(200)
    const args = ['load', '--provider', 'uip', '--url', url, '--rate', '20', '--seconds', '1.5']
    const { code, output } = await onTerminal(args)
    expect(code).toBe(0)
    expect(output.match(/accepted, p50/g)?.length).toBeGreaterThan(3)
    expect(output).toContain('█')
    // Up, and the rest of the screen cleared.
    expect(output).toMatch(new RegExp(`${ESCAPE.replace('[', '\\[')}\\d+A${ESCAPE.replace('[', '\\[')}0?J`))
  })

  test('a wait is counted in one line, which goes away', async () => {
    const { url } = await listen(503, 200)
    const args = ['send', '--provider', 'advance-ai', '--url', url, '--retry', '--time-scale', '0.4']
    const { code, output } = await onTerminal(args)
    expect(code).toBe(0)
    expect(output).toContain(`sent again in 2 s${ESCAPE}1G${ESCAPE}2K`)
  })
})
