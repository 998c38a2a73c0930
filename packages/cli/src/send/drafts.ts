import { randomInt } from 'node:crypto'
import { type Draft, simulators } from '@kyc-webhooks/simulator'
import { UsageError } from '../exit.ts'
import { readInput } from '../files.ts'
import type { ProviderName, SchemeOptions } from '../providers.ts'
import { orUsage } from '../simulate.ts'

export interface DraftOptions extends SchemeOptions {
  provider: ProviderName
  event?: string
  variant?: string
  body?: string
  contentType: string
  seed?: number
}

/** Makes one draft after the other. */
export function draftsOf({
  provider,
  event,
  variant,
  body,
  contentType,
  seed,
  scheme,
}: DraftOptions): () => Draft {
  if (body !== undefined) {
    if (event !== undefined || seed !== undefined)
      throw new UsageError('--event and --seed do not go with --body')
    const draft = { id: undefined, headers: { 'Content-Type': contentType }, body: readInput(body) }
    return () => draft
  }
  if (variant !== undefined && event === undefined) throw new UsageError('--variant goes with --event')
  const source = simulators[provider].drafts({ seed: seed ?? randomInt(2 ** 31), scheme })
  let made = 0
  return () => {
    const type = event ?? source.eventTypes[made++ % source.eventTypes.length] ?? ''
    return orUsage(() => source.of(type, {}, variant))
  }
}
