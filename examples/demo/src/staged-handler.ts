import { appendFile } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import type { Handler, KycEvent } from '@kyc-webhooks/core'

/**
 * What an event asks of the handler, in the field `demo` of its data.
 * - `fail-twice`: throw in the first two attempts.
 * - `hang`: never come to an end in the first attempt.
 * - `write-and-hang`: the same, after the event was written.
 */
export type Cue = 'fail-twice' | 'hang' | 'write-and-hang'

/** A line of the file that the handler writes: what the demo counts, whatever the server says. */
export interface HandlerLine {
  /** `event.id`. */
  id: string
  provider: string
  deliveryId?: string
  attempt: number
  result: 'started' | 'failed' | 'handled'
}

const LONGER_THAN_ANY_DEMO_MS = 600_000

/** The handler of the demo: writes what it does, and does what the event asks. */
export function stagedHandler(file: string): Handler {
  return async (event, { attempt, delivery, signal }) => {
    const { id, provider } = event
    const write = async (result: HandlerLine['result']) => {
      const line: HandlerLine = {
        id,
        provider,
        attempt,
        result,
        ...(delivery.id && { deliveryId: delivery.id }),
      }
      await appendFile(file, `${JSON.stringify(line)}\n`)
    }
    const cue = cueOf(event)
    await write('started')
    if (cue === 'fail-twice' && attempt <= 2) {
      await write('failed')
      throw new Error('as the event asked')
    }
    if (cue === 'hang' && attempt === 1) await delay(LONGER_THAN_ANY_DEMO_MS, undefined, { signal })
    await write('handled')
    if (cue === 'write-and-hang' && attempt === 1) await delay(LONGER_THAN_ANY_DEMO_MS, undefined, { signal })
  }
}

function cueOf({ data }: KycEvent): unknown {
  return typeof data === 'object' && data !== null && 'demo' in data ? data.demo : undefined
}
