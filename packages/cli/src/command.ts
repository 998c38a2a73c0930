import { Command } from '@commander-js/extra-typings'
import { quotable } from './secrets.ts'

/** A command as all of ours are: what went wrong is one line, and whoever runs it decides how the process ends. */
export function newCommand(name: string, description: string) {
  return new Command(name)
    .description(description)
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .configureHelp({ sortOptions: false })
    .configureOutput({
      outputError: (text, write) => write(`kyc-webhooks: ${oneLine(withoutValues(text))}\n`),
    })
    .exitOverride()
}

/** What stands under the options: command lines that work, each with what it is for. */
export function examples(...lines: readonly (readonly [commandLine: string, purpose: string])[]): string {
  const texts = lines.map(([commandLine, purpose]) => `  # ${purpose}\n  kyc-webhooks ${commandLine}`)
  return `\nExamples:\n${texts.join('\n')}`
}

/** Commander's messages without what was given, which may be a secret. What looks like the name of a command or option stays. */
const withoutValues = (text: string): string =>
  text
    .replace(/( but got \d+): .*$/s, '$1.')
    .replace(/(argument(?: value)?) '.*' is invalid/s, '$1 is invalid')
    .replace(/(unknown (?:command|option)) '(.*)'/s, (_, what, given) => {
      const name = given.replace(/=.*$/s, '')
      const isName = quotable(name.replace(/^-+/, '').replaceAll('-', '_'), '') !== ''
      return isName ? `${what} '${name}'` : what
    })

const oneLine = (text: string): string =>
  text
    .replace(/^error: /, '')
    .trim()
    .replaceAll(/\s*\n\s*/g, ' ')
