import { randomUUID } from 'node:crypto'
import type { SecureContextOptions } from 'node:tls'
import { Failure } from '../exit.ts'
import { request } from './request.ts'

/** How often something happened to the event of one delivery. */
export interface Counts {
  /** Times that it was recorded, so that it would survive a power cut. */
  readonly recorded: number
  /** Times that the application has done its work with it. */
  readonly handled: number
}

/** Asks the application what became of a delivery. Rejects with a `Failure` for a reply that is none. */
export type Probe = (id: string) => Promise<Counts>

const TIME_LIMIT_MS = 10_000

/** The contract: `GET <url>?id=<delivery id>` is answered 200 with `{ "recorded": 1, "handled": 1 }`; 0 for an id that is not known. */
export function probeAt(url: URL, ca: SecureContextOptions['ca'] | undefined): Probe {
  return async (id) => {
    const asked = new URL(url)
    asked.searchParams.set('id', id)
    const { status, body } = await request(asked, { method: 'GET', ca, timeLimitMs: TIME_LIMIT_MS }).catch(
      (error) => {
        throw new Failure(`the probe does not reply (${error.code ?? error.name})`)
      },
    )
    const counts = status === 200 ? countsOf(body) : undefined
    if (counts === undefined)
      throw new Failure(`the probe answered ${status}, and not 200 with { "recorded": n, "handled": n }`)
    return counts
  }
}

function countsOf(body: string): Counts | undefined {
  try {
    const { recorded, handled } = JSON.parse(body)
    return [recorded, handled].every((count) => Number.isSafeInteger(count) && count >= 0)
      ? { recorded, handled }
      : undefined
  } catch {
    return undefined
  }
}

/** An id that no delivery has. */
export const unknownId = (): string => `unknown-${randomUUID()}`
