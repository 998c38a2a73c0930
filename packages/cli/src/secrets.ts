import { Option } from '@commander-js/extra-typings'
import { UsageError } from './exit.ts'
import { readInput } from './files.ts'
import { someText } from './parsers.ts'
import type { ProviderName } from './providers.ts'

/** Where each provider's secret is looked for when nothing else is said. */
export const SECRET_VARIABLES: Readonly<Record<ProviderName, string>> = {
  press: 'PRESS_WEBHOOK_SECRET',
  uip: 'UIP_WEBHOOK_SECRET',
  'advance-ai': 'ADVANCE_AI_WEBHOOK_SECRET',
}

export interface SecretOptions {
  secretEnv?: string
  secretFile?: string
}

export const secretOptions = {
  env: () =>
    new Option(
      '--secret-env <name>',
      `environment variable with the secret (default: ${Object.values(SECRET_VARIABLES).join(', ')})`,
    ).argParser(someText),
  file: () =>
    new Option('--secret-file <path>', 'file with the secret; a line break at its end is cut').argParser(
      someText,
    ),
}

/** Never as an argument, and not a word of what was given. */
export function refuseSecretArgument(args: readonly string[]): void {
  if (!args.some((arg) => /^--secret(=|$)/.test(arg))) return
  throw new UsageError(
    'a secret on the command line is seen by everybody who lists processes: use --secret-env or --secret-file',
  )
}

/** A name for a message, or `otherwise` when it may be a secret that was given in its place. */
export const quotable = (name: string, otherwise: string): string =>
  /^[A-Za-z_]\w{0,63}$/.test(name) && !SECRET_SHAPES.some((shape) => shape.test(name)) ? name : otherwise

/** Of a provider's prefix, of hex, or of letters and digits at random. */
const SECRET_SHAPES = [
  /whsec/i,
  /^[\da-f]{16,}$/i,
  /^(?=.*\d)(?=.*[a-z])(?=.*[A-Z]).{16,}$/,
  /^[A-Za-z\d]{24,}$/,
]

/** The secret, from the environment or a file. Whether it is of the right form is for core, or the simulator, to say. */
export function readSecret(provider: ProviderName, { secretEnv, secretFile }: SecretOptions): string {
  if (secretEnv !== undefined && secretFile !== undefined)
    throw new UsageError('--secret-env or --secret-file, not both')
  if (secretFile !== undefined)
    return readInput(secretFile, 'the file of --secret-file')
      .toString('utf8')
      .replace(/\r?\n$/, '')
  const name = secretEnv ?? SECRET_VARIABLES[provider]
  const secret = process.env[name]
  if (secret === undefined || secret === '')
    throw new UsageError(
      `no secret for ${provider}: set the environment variable ${quotable(name, 'that --secret-env names')}, or use --secret-file`,
    )
  return secret
}
