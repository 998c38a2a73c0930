import { describe, expect, it } from 'vitest'
import { uip } from '../../src/providers/uip.ts'
import { engineWith, hang, unavailable } from '../inbox/support.ts'
import { application } from './application.ts'
import { HOUR, identified, MINUTE, pass, polling } from './support.ts'

describe('nothing is called missing', () => {
  it('while too many events are unhandled to look through', async () => {
    const { begin, flagged, options } = application()
    begin('sess_x')
    await pass(1_000)
    const many = Array.from({ length: 10_100 }, (_, n) => identified(`${n}`))
    const { log } = polling(uip(), { ...options, missingAfterMs: 1, fetch: () => many })
    await pass(2 * MINUTE)
    expect(flagged).toEqual([])
    expect(log.where({ level: 'warn' })).toMatchObject([{ overdue: 1 }])
  })

  it.each<[string, () => unknown]>([
    [
      'throws',
      () => {
        throw new TypeError('resident@example.com')
      },
    ],
    ['rejects', () => Promise.reject(new TypeError('resident@example.com'))],
    ['gives no list', () => ({ id: 'resident@example.com' })],
    ['gives a list of something else', () => [{ id: 'resident@example.com' }]],
    ['gives a time that is none', () => [{ id: 'resident@example.com', since: Number.NaN, is: () => false }]],
    ['gives null', () => [null]],
    [
      'has a test that throws',
      () => [
        {
          id: 'x',
          since: 0,
          is() {
            throw new TypeError('resident@example.com')
          },
        },
      ],
    ],
  ])('when the function %s; polls go on', async (_, expected) => {
    const { flagged, options } = application()
    const { log, polls } = polling(uip(), {
      ...options,
      expected: expected as never,
      fetch: () => [identified('a')],
    })
    await pass(12 * MINUTE)
    expect(polls).toHaveLength(2)
    expect(flagged).toEqual([])
    expect(log.where({ level: 'error' })).toHaveLength(2)
    expect(JSON.stringify(log.lines)).not.toContain('resident@')
  })

  it('when the function hangs: it has the time that a fetch has', async () => {
    const { options } = application()
    const { log, polls } = polling(uip(), {
      ...options,
      fetchTimeoutMs: 30_000,
      expected: () => new Promise(() => {}),
    })
    await pass(12 * MINUTE)
    expect(polls).toHaveLength(2)
    expect(log.where({ code: 'timeout' }).length).toBeGreaterThan(0)
  })

  it('when that could not be remembered: it is flagged at the next look', async () => {
    const { begin, flagged, options } = application()
    let looks = 0
    let fails = false
    const engine = engineWith(({ method }, carryOut) => {
      const isFlag = method === 'commit' && fails
      fails = false
      return isFlag ? Promise.reject(unavailable()) : carryOut()
    })
    begin('sess_a')
    await pass(3 * HOUR)
    const { log } = polling(uip(), {
      ...options,
      engine,
      expected() {
        // Each look that finds something overdue asks twice.
        fails = ++looks === 2
        return options.expected()
      },
    })
    await pass(5 * MINUTE)
    expect(flagged).toEqual([])
    expect(log.where({ code: 'inbox-unavailable' })).toHaveLength(1)
    await pass(10 * MINUTE)
    expect(flagged).toHaveLength(1)
  })
})

it('a hook that fails is told, and the others are called', async () => {
  const { begin, options } = application()
  begin('sess_a')
  begin('sess_b')
  const called: string[] = []
  const { log } = polling(uip(), {
    ...options,
    onMissing({ id }) {
      called.push(id)
      return Promise.reject(new TypeError('resident@example.com'))
    },
  })
  await pass(3 * HOUR)
  expect(called).toEqual(['sess_a', 'sess_b'])
  expect(log.where({ message: 'onMissing failed', error: 'TypeError' })).toHaveLength(2)
  expect(JSON.stringify(log.lines)).not.toContain('resident@')
})

describe('a hook that hangs', () => {
  it('has the time that a fetch has; then polls go on, and the others are called', async () => {
    const { begin, options } = application()
    begin('sess_a')
    begin('sess_b')
    const called: string[] = []
    const { log, polls } = polling(uip(), {
      ...options,
      fetchTimeoutMs: 30_000,
      onMissing({ id }) {
        called.push(id)
        return hang()
      },
    })
    await pass(3 * HOUR)
    expect(called).toEqual(['sess_a', 'sess_b'])
    expect(log.where({ message: 'onMissing failed', error: 'timeout' })).toHaveLength(2)
    expect(polls.length).toBeGreaterThan(15)
  })

  it('does not keep `close` waiting, which flags nothing more', async () => {
    const { begin, options } = application()
    begin('sess_a')
    begin('sess_b')
    await pass(3 * HOUR)
    const called: string[] = []
    const { log, close } = polling(uip(), {
      ...options,
      onMissing({ id }) {
        called.push(id)
        return hang()
      },
    })
    await pass(1_000)
    await close()
    expect(called).toEqual(['sess_a'])
    expect(log.where({ level: 'warn' })).toHaveLength(1)
    expect(log.where({ level: 'error' })).toHaveLength(1)
  })
})

it('two that are expected under one id since one time: the log says that the second is not looked for', async () => {
  const { begin, flagged, options } = application()
  begin('sess_a')
  const expected = async () => {
    const first = await options.expected()
    return [...first, ...first.map((each) => ({ ...each, is: () => true }))]
  }
  // What came is the second's alone.
  const { log } = polling(uip(), { ...options, expected, fetch: () => [identified('z')] })
  await pass(1_000)
  expect(log.where({ level: 'error' })).toMatchObject([{ ids: ['sess_a'] }])
  await pass(3 * HOUR)
  expect(flagged).toHaveLength(1)
})
