import { Option } from '@commander-js/extra-typings'
import { advanceAi, type KycEvent, type Provider, press, uip } from '@kyc-webhooks/core'
import { UsageError } from './exit.ts'

export const PROVIDERS = ['press', 'uip', 'advance-ai'] as const
export type ProviderName = (typeof PROVIDERS)[number]

/** What no page settles, or an account decides: as for the receiver. */
export interface SchemeOptions {
  secretForm?: 'whole' | 'unprefixed' | 'unprefixed-base64'
  scheme?: 'body' | 'timestamped'
  algorithm?: 'sha256' | 'sha512'
}

export const providerOption = () =>
  new Option('--provider <name>', 'who sends').choices(PROVIDERS).makeOptionMandatory()

export const schemeOptions = {
  secretForm: () =>
    new Option('--secret-form <form>', 'PRESS: what of the secret is the key (default: whole)').choices([
      'whole',
      'unprefixed',
      'unprefixed-base64',
    ] as const),
  scheme: () =>
    new Option('--scheme <scheme>', 'UIP: what is signed (default: body)').choices([
      'body',
      'timestamped',
    ] as const),
  algorithm: () =>
    new Option('--algorithm <name>', 'ADVANCE.AI: as configured in its console (default: sha256)').choices([
      'sha256',
      'sha512',
    ] as const),
}

/** Core's definition of a provider. Throws for an option that is another provider's. */
export function providerOf(name: ProviderName, options: SchemeOptions = {}): Provider<KycEvent> {
  checkSchemes([name], options)
  const { secretForm, scheme, algorithm } = options
  const definitions = {
    press: () => press({ secretForm }),
    uip: () => uip({ scheme }),
    'advance-ai': () => advanceAi({ algorithm }),
  }
  // Of the definitions' types, the most general.
  return definitions[name]() as unknown as Provider<KycEvent>
}

/** Throws for an option of a provider that is not there: it would be left aside in silence. */
export function checkSchemes(
  names: readonly ProviderName[],
  { secretForm, scheme, algorithm }: SchemeOptions,
): void {
  const owners = [
    ['--secret-form', secretForm, 'press'],
    ['--scheme', scheme, 'uip'],
    ['--algorithm', algorithm, 'advance-ai'],
  ] as const
  for (const [option, value, owner] of owners) {
    if (value !== undefined && !names.includes(owner)) throw new UsageError(`${option} is for ${owner} alone`)
  }
}
