import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { LineSampler } from '../src/line-sampler.ts'
import { capturedLog } from './support/captured-log.ts'

const MINUTE = 60_000

describe('a sampler of lines', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }))
  afterEach(() => void vi.useRealTimers())

  function sampling() {
    const log = capturedLog()
    const sampler = new LineSampler(log)
    const say = (times: number, kind = 'a') => {
      for (let n = 0; n < times; n++) sampler.log('warn', kind, { code: kind }, { n }, 'refused')
    }
    return { log, sampler, say }
  }

  it('passes on fifty lines of a kind as they are, and says nothing more', () => {
    const { log, say } = sampling()
    say(50)
    vi.advanceTimersByTime(2 * MINUTE)
    expect(log.lines).toHaveLength(50)
    expect(log.lines[49]).toEqual({ level: 'warn', code: 'a', n: 49, message: 'refused' })
  })

  it('counts those beyond, and tells their number within a minute', () => {
    const { log, say } = sampling()
    say(1_000)
    expect(log.lines).toHaveLength(50)
    vi.advanceTimersByTime(MINUTE)
    expect(log.lines.slice(50)).toEqual([
      { level: 'warn', code: 'a', count: 950, intervalMs: MINUTE, message: 'refused (and so many more)' },
    ])
  })

  it('begins anew with each minute', () => {
    const { log, say } = sampling()
    say(60)
    vi.advanceTimersByTime(MINUTE)
    say(50)
    vi.advanceTimersByTime(MINUTE)
    expect(log.lines).toHaveLength(50 + 1 + 50)
  })

  it('keeps kinds apart: a flood of one hides nothing of another', () => {
    const { log, say } = sampling()
    say(1_000, 'a')
    say(3, 'b')
    expect(log.where({ code: 'b' })).toHaveLength(3)
  })

  it('tells at once what it has counted when it is closed', () => {
    const { log, say, sampler } = sampling()
    say(70)
    sampler.close()
    expect(log.lines.at(-1)).toMatchObject({ count: 20 })
    vi.advanceTimersByTime(MINUTE)
    expect(log.lines).toHaveLength(51)
  })
})
