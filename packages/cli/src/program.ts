import { readFileSync } from 'node:fs'
import { newCommand } from './command.ts'
import { checklistCommand } from './commands/checklist.ts'
import { inboxCommand } from './commands/inbox.ts'
import { loadCommand } from './commands/load.ts'
import { secretCommand } from './commands/secret.ts'
import { sendCommand } from './commands/send.ts'
import { serveCommand } from './commands/serve.ts'
import { verifyCommand } from './commands/verify.ts'

/** All commands; each is a file of `commands/`. */
export function program() {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  return newCommand(
    'kyc-webhooks',
    'Sends, receives and verifies webhooks of PRESS, UIP and ADVANCE.AI, and looks after an inbox.',
  )
    .version(version, '--version', 'print the version')
    .addCommand(sendCommand())
    .addCommand(loadCommand())
    .addCommand(serveCommand())
    .addCommand(verifyCommand())
    .addCommand(checklistCommand())
    .addCommand(inboxCommand())
    .addCommand(secretCommand())
    .addHelpText('after', EPILOGUE)
}

const EPILOGUE = `
Exit codes:
  0  it went well
  1  what was asked for failed: a delivery was refused, a check did not hold
  2  wrong usage: nothing was done

Each command has its own --help, with examples.`
