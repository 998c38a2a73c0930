import type { SecureContextOptions } from 'node:tls'
import type { Simulator } from '@kyc-webhooks/simulator'
import type { ProviderName } from '../providers.ts'

/** What a checklist is run against, and how. */
export interface Target {
  readonly provider: ProviderName
  readonly url: URL
  /** Never shown in a report, also when the receiver sends it back. */
  readonly secret: string
  /** Signs and sends, once, and patiently: what is too slow is a point of its own. */
  readonly simulator: Simulator
  /** UIP: as for the simulator. @default 'body' */
  readonly scheme?: 'body' | 'timestamped' | undefined
  /** ADVANCE.AI: signs with the algorithm that the receiver is not set up for. @default none */
  readonly other?: OtherAlgorithm | undefined
  /** Where the application tells what became of a delivery. @default nowhere */
  readonly probe?: URL | undefined
  /** Certificate authorities to trust, as PEM. @default the well-known ones */
  readonly ca?: SecureContextOptions['ca'] | undefined
  /** What load is normal: deliveries a second, and how many in all. @default 20 a second, 40 in all */
  readonly load?: { readonly rate: number; readonly count: number } | undefined
  /** How soon the provider wants its reply, in milliseconds. @default as the provider documents */
  readonly replyLimitMs?: number | undefined
  /** How long a second handling may take to show, in milliseconds. @default 1_000 */
  readonly quietMs?: number | undefined
}

export interface OtherAlgorithm {
  readonly name: 'sha256' | 'sha512'
  readonly simulator: Simulator
  /** It sends to another address, at which a receiver is set up for this algorithm. */
  readonly isElsewhere: boolean
}
