import { inspect } from 'node:util'
import { expect } from 'vitest'
import { SECRETS } from './signed.ts'

/** What must not turn up anywhere, once it is in a delivery, a secret or an error. */
export const planted: Readonly<
  Record<
    'name' | 'born' | 'person' | 'email' | 'otp' | 'link' | 'case' | 'visa' | 'nonce' | keyof typeof SECRETS,
    string
  >
> = {
  name: 'Wilhelmina Planted',
  born: '1931-02-03',
  person: '784193112345671',
  email: 'wilhelmina@planted.example',
  otp: '804613',
  link: 'https://planted.example/open/8h2k',
  case: '1998600000000026050',
  visa: 'VISA-PLANTED-77',
  nonce: 'nonce-planted-1',
  ...SECRETS,
}

/** Looks through everything, however deep, for planted values and for whatever else is given. */
export function expectNothingPlanted(said: readonly unknown[], others: readonly string[] = []): void {
  const textOf = (one: unknown) =>
    typeof one === 'string' ? one : inspect(one, { depth: 12, maxStringLength: null })
  const text = said.map(textOf).join('\n')
  for (const value of [...Object.values(planted), ...others]) expect(text).not.toContain(value)
}
