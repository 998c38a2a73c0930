import { readJsonLines } from '@kyc-webhooks/example-harness'
import type { HandlerLine } from './staged-handler.ts'
import { until } from './until.ts'

/** A line of the server's log about one delivery. */
export interface LogLine {
  provider: string
  deliveryId?: string
  /** For what was accepted: `recorded`, `duplicate` or `conflict`. */
  outcome?: string
  /** Events of what was accepted. */
  events?: number
  /** For what was refused, and for a conflict. */
  code?: string
  /** For what was refused. */
  status?: number
  quarantined?: boolean
  durationMs: number
}

/** All that is known of the server's doings: its log, and what its handler writes. */
export class Witness {
  readonly #handlerFile: string
  readonly #said: LogLine[] = []
  #heard = 0

  constructor(handlerFile: string) {
    this.#handlerFile = handlerFile
  }

  /** Takes a line of the log, whatever it is about. */
  hear(text: string): void {
    if (!text.startsWith('{"')) return
    const line = JSON.parse(text) as Partial<LogLine>
    const isAboutDelivery = line.outcome !== undefined || line.status !== undefined
    if (isAboutDelivery && line.provider !== undefined) this.#said.push(line as LogLine)
  }

  /** What the log says about the next delivery; one is sent at a time. `undefined` when it says nothing for that long. */
  async next(timeoutMs = 2_000): Promise<LogLine | undefined> {
    await until(() => this.#said.length > this.#heard, timeoutMs)
    return this.#said[this.#heard++]
  }

  /** What the handler has written so far. */
  handlerLines(): HandlerLine[] {
    return readJsonLines<HandlerLine>(this.#handlerFile)
  }
}
