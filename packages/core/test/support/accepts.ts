import { Head } from '../../src/head.ts'
import { toKeys } from '../../src/key.ts'
import type { Provider } from '../../src/provider.ts'
import { signingKey } from '../../src/steps/authenticate.ts'
import { readCredentials } from '../../src/steps/credentials.ts'
import type { Delivery } from './signed.ts'

/** The head of a delivery, as a receiver has it. */
export const headOf = ({ headers }: Delivery): Head =>
  new Head(
    Object.entries(headers).flatMap(([name, values]) => [values ?? []].flat().flatMap((v) => [name, v])),
  )

/** Whether a delivery is authentic under a secret. Throws the `Rejection` of one that shows nothing that could be. */
export function accepts(provider: Provider, secret: string, delivery: Delivery): boolean {
  const head = headOf(delivery)
  const { signatures } = readCredentials(provider, head)
  const keys = toKeys(secret, provider.signature.key)
  return signingKey(provider.signature, head, delivery.body, signatures, keys) !== undefined
}
