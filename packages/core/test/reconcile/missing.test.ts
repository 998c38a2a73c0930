import { describe, expect, it } from 'vitest'
import { memoryEngine } from '../../src/inbox/memory-engine.ts'
import type { InboxEngine } from '../../src/inbox/port.ts'
import { uip } from '../../src/providers/uip.ts'
import { startWorker } from '../../src/start-worker.ts'
import { application } from './application.ts'
import { HOUR, identified, MINUTE, pass, polling } from './support.ts'

describe('an expected event', () => {
  it('that has not come in time is flagged once, with a line in the log', async () => {
    const { begin, flagged, options } = application()
    begin('sess_a')
    const since = new Date().toISOString()
    const { log } = polling(uip(), options)
    await pass(2 * HOUR - MINUTE)
    expect(flagged).toEqual([])
    await pass(12 * MINUTE)
    expect(flagged).toEqual([{ receiver: 'uip', provider: 'uip', id: 'sess_a', since }])
    await pass(5 * HOUR)
    expect(flagged).toHaveLength(1)
    expect(log.where({ level: 'error' })).toMatchObject([{ id: 'sess_a', receiver: 'uip' }])
  })

  it('is flagged once also over restarts and by several processes', async () => {
    const engine = memoryEngine()
    const { begin, flagged, options } = application()
    begin('sess_a')
    const first = polling(uip(), { ...options, engine })
    const second = polling(uip(), { ...options, engine, random: () => 0.5 })
    await pass(3 * HOUR)
    expect(flagged).toHaveLength(1)
    await first.close()
    await second.close()
    polling(uip(), { ...options, engine })
    await pass(3 * HOUR)
    expect(flagged).toHaveLength(1)
  })

  it('is flagged after an outage that outlasted the limit', async () => {
    const { begin, flagged, options } = application()
    begin('sess_a')
    await pass(9 * HOUR)
    polling(uip(), options)
    await pass(1_000)
    expect(flagged).toHaveLength(1)
  })

  it('is flagged anew when it is expected anew', async () => {
    const { begin, flagged, options } = application()
    begin('sess_a')
    polling(uip(), options)
    await pass(3 * HOUR)
    begin('sess_a')
    await pass(3 * HOUR)
    expect(flagged).toHaveLength(2)
  })

  it('that the application no longer waits for is not flagged', async () => {
    const { begin, waiting, flagged, options } = application()
    begin('sess_a')
    polling(uip(), options)
    await pass(HOUR)
    waiting.delete('sess_a')
    await pass(9 * HOUR)
    expect(flagged).toEqual([])
  })

  it('that came and waits to be handled is not missing: neither polled just now, nor a dead letter', async () => {
    const engine = memoryEngine()
    const { begin, flagged, options } = application()
    begin('sess_a')
    begin('sess_b')
    begin('sess_c')
    await pass(9 * HOUR)
    // The first poll after the outage brings what is overdue.
    const { inbox, log, recorded } = polling(uip(), {
      ...options,
      engine,
      fetch: () => [identified('a'), identified('b')],
    })
    await pass(1_000)
    expect(await recorded()).toEqual(['identify:a', 'identify:b'])
    expect(flagged).toMatchObject([{ id: 'sess_c' }])
    const worker = startWorker(inbox, uip(), {
      onEvent: () => Promise.reject(new Error('no')),
      retry: { attempts: 1 },
      logger: log,
    })
    await pass(HOUR / 2)
    expect(await inbox.stats()).toMatchObject({ dead: 2 })
    expect(flagged).toHaveLength(1)
    const closed = worker.close()
    await pass(1_000)
    await closed
  })

  it('that was handled while it was looked for is not missing', async () => {
    const { begin, waiting, flagged, options } = application()
    begin('sess_a')
    await pass(3 * HOUR)
    const engine = memoryEngine()
    const handledMeanwhile: InboxEngine = {
      ...engine,
      events: async (query) => {
        const page = await engine.events(query)
        waiting.delete('sess_a')
        return page
      },
    }
    polling(uip(), { ...options, engine: handledMeanwhile })
    await pass(HOUR)
    expect(flagged).toEqual([])
  })

  it('is looked for also when polls fail', async () => {
    const { begin, flagged, options } = application()
    begin('sess_a')
    polling(uip(), { ...options, fetch: () => Promise.reject(new Error('down')) })
    await pass(3 * HOUR)
    expect(flagged).toHaveLength(1)
  })
})
