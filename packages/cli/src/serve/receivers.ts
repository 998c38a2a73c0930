import { createReceiver, type Handler, type Inbox, type KycEvent, type Receiver } from '@kyc-webhooks/core'
import { UsageError } from '../exit.ts'
import { type ProviderName, providerOf, type SchemeOptions } from '../providers.ts'
import { readSecret, type SecretOptions } from '../secrets.ts'
import { type Forwardable, forward, forwarding } from './forwarding.ts'
import type { Printer } from './printer.ts'

export interface ServeOptions extends SecretOptions, SchemeOptions {
  provider: ProviderName[]
  forward?: URL
  payload?: true
}

/** A receiver for each provider, which prints its events or sends its deliveries on. */
export function receiversOf(options: ServeOptions, inbox: Inbox, print: Printer): Receiver[] {
  const { provider: names, forward: url, payload = false } = options
  const isNamed = options.secretEnv !== undefined || options.secretFile !== undefined
  if (isNamed && names.length > 1)
    throw new UsageError(
      '--secret-env and --secret-file are for one provider; several have their own variables',
    )
  return [...new Set(names)].map((name) => {
    const provider = providerOf(name, ofProvider(name, options))
    const onEvent: Handler<KycEvent> =
      url === undefined
        ? (event) => print.event(event, payload)
        : async (event, { signal }) => {
            const delivery = event as KycEvent<string, string, Forwardable>
            print.forwarded(delivery, await forward(url, delivery.data, signal), payload)
          }
    return createReceiver(url === undefined ? provider : forwarding(provider), {
      ...{ inbox, onEvent, logger: print.logger, path: `/webhooks/${name}` },
      name: `${url === undefined ? 'serve' : 'forward'}-${name}`,
      secret: readSecret(name, options),
    })
  })
}

/** What of the options is this provider's. */
function ofProvider(name: ProviderName, { secretForm, scheme, algorithm }: SchemeOptions): SchemeOptions {
  if (name === 'press') return secretForm === undefined ? {} : { secretForm }
  if (name === 'uip') return scheme === undefined ? {} : { scheme }
  return algorithm === undefined ? {} : { algorithm }
}
