import { KeyedMutex } from './keyed-mutex.ts'
import type { InboxEngine } from './port.ts'

/** Lets the attempts at one subject run one at a time, and knows how far the subject has come. */
export interface Turns {
  /** Resolves when it is the caller's turn. @param keys of the subject's head: what it is kept under, and then what it may be found under besides */
  take(keys: readonly [string, ...string[]]): Promise<Turn>
}

export interface Turn {
  /** False when an event of a later time was handled before; with `skip`, also when one of the same time was. */
  isLatest(time: number, equalTimes: 'apply' | 'skip'): Promise<boolean>
  /** Lets the next one in. To be called when the settlement is durable or given up. */
  leave(): void
}

/** Turns within one process: enough for engines that let one process at a time run the events of a receiver. */
export class LocalTurns implements Turns {
  readonly #engine: Pick<InboxEngine, 'head'>
  readonly #subjects = new KeyedMutex()

  constructor(engine: Pick<InboxEngine, 'head'>) {
    this.#engine = engine
  }

  async take(keys: readonly [string, ...string[]]): Promise<Turn> {
    const leave = await this.#subjects.lock(keys[0])
    const isLatest: Turn['isLatest'] = async (time, equalTimes) => {
      const head = await this.#engine.head(keys)
      return head === undefined || time > head || (time === head && equalTimes === 'apply')
    }
    return { isLatest, leave }
  }
}
