import { describe, expect, it } from 'vitest'
import { uip } from '../../src/providers/uip.ts'
import { engineWith, hang } from '../inbox/support.ts'
import { identified, MINUTE, pass, polling } from './support.ts'

describe('close', () => {
  it('during a fetch aborts it, whether it minds that or not, and polls no more', async () => {
    let signal: AbortSignal | undefined
    const { close, polls, log } = polling(uip(), {
      fetch(scope) {
        signal = scope.signal
        return hang()
      },
    })
    await pass(1_000)
    await close()
    expect(signal?.aborted).toBe(true)
    await pass(20 * MINUTE)
    expect(polls).toHaveLength(1)
    expect(log.where({ level: 'error' })).toEqual([])
  })

  it('waits until what is on its way into the inbox has arrived', async () => {
    const gate = Promise.withResolvers<void>()
    let isOpen = true
    const engine = engineWith(async ({ method }, carryOut) => {
      if (method === 'commit' && !isOpen) await gate.promise
      return carryOut()
    })
    const { close, recorded } = polling(uip(), {
      engine,
      fetch() {
        isOpen = false
        return [identified('a')]
      },
    })
    await pass(1_000)
    let isClosed = false
    const closed = close().then(() => {
      isClosed = true
    })
    await pass(1_000)
    expect(isClosed).toBe(false)
    gate.resolve()
    await pass()
    await closed
    expect(await recorded()).toEqual(['identify:a'])
  })

  it('between the polls ends the wait, also that after a failure', async () => {
    const idle = polling(uip())
    const failing = polling(uip(), { everyMs: 60 * MINUTE, fetch: () => Promise.reject(new Error('down')) })
    await pass(1_000)
    await idle.close()
    await failing.close()
    await idle.close()
    await pass(5 * MINUTE)
    expect([idle.polls.length, failing.polls.length]).toEqual([1, 1])
  })
})
