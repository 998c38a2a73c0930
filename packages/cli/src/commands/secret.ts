import { randomBytes } from 'node:crypto'
import { examples, newCommand } from '../command.ts'
import { output } from '../output.ts'
import { type ProviderName, providerOption } from '../providers.ts'

/** Bytes of a key: as many as SHA-256 gives. */
const KEY_BYTES = 32

/**
 * Of the form that each provider's pages show. That of PRESS may be used whole, without its prefix, or without it and
 * decoded: after the prefix stands Base64.
 */
const FORMS: Readonly<Record<ProviderName, (key: Buffer) => string>> = {
  press: (key) => `whsec_${key.toString('base64')}`,
  uip: (key) => `uip_whsec_${key.toString('hex')}`,
  'advance-ai': (key) => key.toString('base64'),
}

export function secretCommand() {
  return newCommand(
    'secret',
    'Generates a secret of the form that a provider issues, for tests and sandboxes.',
  )
    .addOption(providerOption())
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      examples(
        ['secret --provider press', 'to standard output, and nowhere else'],
        [
          'secret --provider uip > uip.secret',
          'for --secret-file; make the file readable by yourself alone (umask 077)',
        ],
      ),
    )
    .action(({ provider, json }) => {
      const secret = FORMS[provider](randomBytes(KEY_BYTES))
      const out = output({ json })
      out.line(secret)
      out.value({ provider, secret })
    })
}
