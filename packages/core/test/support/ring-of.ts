import { createHmac, type KeyObject } from 'node:crypto'
import { onTestFinished } from 'vitest'
import type { Key } from '../../src/key.ts'
import { createKeyRing, type KeyRing } from '../../src/key-ring.ts'
import type { SecretSource, Secrets } from '../../src/receiver-options.ts'
import { textKey } from '../../src/secret-key.ts'
import { type CapturedLog, capturedLog } from './captured-log.ts'

export const OLD = 'the-old-secret-of-summer'
export const NEW = 'the-new-secret-of-winter'

export interface Ring {
  ring: KeyRing
  log: CapturedLog
  clock: { now: number }
}

export function ringOf(source: SecretSource | undefined, maxAgeMs = 60_000): Ring {
  const clock = { now: 1_000_000 }
  const log = capturedLog()
  const ring = createKeyRing(source, (secret) => textKey(secret), {
    ...{ receiver: 'press', provider: 'press', maxAgeMs, logger: log },
    now: () => clock.now,
  })
  onTestFinished(() => ring.close())
  return { ring, log, clock }
}

const mac = (key: KeyObject | string) => createHmac('sha256', key).update('x').digest('hex')
/** Which secrets the keys stand for. */
export function secretsOf(keys: readonly Key[] | undefined): string[] | undefined {
  return keys?.map(({ hmacKey }) => [OLD, NEW].find((secret) => mac(secret) === mac(hmacKey)) ?? 'another')
}

type Held = Secrets | Error
interface SourceState {
  holds: Held
  asked: number
}

/** A source that gives what it holds, and counts. */
export function source(holds: Held): (() => Promise<Secrets>) & { state: SourceState } {
  const state: SourceState = { holds, asked: 0 }
  const ask = async () => {
    state.asked++
    if (state.holds instanceof Error) throw state.holds
    return state.holds
  }
  return Object.assign(ask, { state })
}
