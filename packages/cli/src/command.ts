import { Command } from '@commander-js/extra-typings'

/** A command as all of ours are: what went wrong is one line, and whoever runs it decides how the process ends. */
export function newCommand(name: string, description: string) {
  return new Command(name)
    .description(description)
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .configureHelp({ sortOptions: false })
    .configureOutput({
      outputError: (text, write) => write(`kyc-webhooks: ${oneLine(text)}\n`),
    })
    .exitOverride()
}

/** What stands under the options: command lines that work, each with what it is for. */
export function examples(...lines: readonly (readonly [commandLine: string, purpose: string])[]): string {
  const texts = lines.map(([commandLine, purpose]) => `  # ${purpose}\n  kyc-webhooks ${commandLine}`)
  return `\nExamples:\n${texts.join('\n')}`
}

const oneLine = (text: string): string =>
  text
    .replace(/^error: /, '')
    .trim()
    .replaceAll(/\s*\n\s*/g, ' ')
