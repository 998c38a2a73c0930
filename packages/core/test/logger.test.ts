import { describe, expect, it, vi } from 'vitest'
import { consoleLogger, guarded, silentLogger } from '../src/logger.ts'

describe('the default logger', () => {
  it('writes a line of JSON, warnings and errors to standard error', () => {
    const out = vi.spyOn(process.stdout, 'write').mockReturnValue(true)
    const err = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    try {
      const logger = consoleLogger()
      logger.info({ a: 1 }, 'one')
      logger.warn({ a: 'x\ny' }, 'two')
      logger.error({ a: undefined }, 'three')
      const lines = [...out.mock.calls, ...err.mock.calls].map(([line]) => String(line))
      expect(lines.every((line) => line.indexOf('\n') === line.length - 1)).toBe(true)
      expect(lines.map((line) => JSON.parse(line))).toEqual([
        { level: 'info', time: expect.stringMatching(/^\d{4}-.*Z$/), a: 1, msg: 'one' },
        { level: 'warn', time: expect.any(String), a: 'x\ny', msg: 'two' },
        { level: 'error', time: expect.any(String), msg: 'three' },
      ])
      expect(out).toHaveBeenCalledTimes(1)
    } finally {
      vi.restoreAllMocks()
    }
  })
})

describe('a guarded logger', () => {
  it('swallows what the logger throws, and calls it as a method', () => {
    const calls: unknown[] = []
    const logger = {
      level: 'own',
      info(fields: object, message: string) {
        calls.push([this.level, fields, message])
        throw new Error('disk full')
      },
      warn() {},
      error() {
        throw undefined
      },
    }
    const { info, error } = guarded(logger)
    expect(() => info({ a: 1 }, 'one')).not.toThrow()
    expect(() => error({}, 'two')).not.toThrow()
    expect(calls).toEqual([['own', { a: 1 }, 'one']])
  })
})

it('a guarded logger may be asynchronous, and reject', async () => {
  const rejects = async () => Promise.reject(new Error('log server down'))
  guarded({ info: rejects, warn: rejects, error: rejects }).error({}, 'unheard')
  // An unhandled rejection would fail the run.
  await new Promise(setImmediate)
})

describe('the silent logger', () => {
  it('has all levels', () => {
    for (const level of ['info', 'warn', 'error'] as const) silentLogger[level]({}, 'unheard')
  })
})
