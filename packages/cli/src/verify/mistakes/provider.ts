import { PROVIDERS, providerOf } from '../../providers.ts'
import type { Mistake } from '../mistake.ts'

/** Whose delivery it is. */
export const PROVIDER_MISTAKES: readonly Mistake[] = [
  {
    name: 'other-provider',
    explanation: 'It is signed as another provider signs.',
    mend: 'Send it to the receiver of that provider, or give that provider with --provider.',
    undone: (suspect) =>
      PROVIDERS.filter((name) => name !== suspect.provider.name).map((name) => ({
        suspect: { ...suspect, provider: providerOf(name) },
        how: name,
      })),
  },
]
