import { describe, expect, it } from 'vitest'
import type { Receipt } from '../../src/inbox/port.ts'
import { committing, names, settlement } from './committing.ts'
import { type Around, codeOf, unavailable } from './support.ts'

describe('a failed commit', () => {
  const poisoned: Around = async ({ args }, carryOut) => {
    if ((args[0] as Receipt[]).some(({ body }) => body.length === 13)) throw new RangeError('too unlucky')
    return carryOut()
  }
  const poison = { body: new Uint8Array(13) }

  it('is split: one bad receipt does not fail the others, nor the settlements', async () => {
    const { engine, commits, record, recordAll } = committing(poisoned)
    const good = recordAll(names(255))
    const bad = record('bad', poison)
    const settled = commits.settle(settlement(1))
    await expect(bad).rejects.toMatchObject({ code: 'inbox-unavailable', cause: expect.any(RangeError) })
    await expect(settled).resolves.toBeUndefined()
    expect(await good).toEqual(names(255).map(() => 'recorded'))
    expect(engine.calls.length).toBeLessThan(25)
  })

  it('of one bad receipt and one settlement is split too', async () => {
    const { commits, record } = committing(poisoned)
    const bad = codeOf(record('bad', poison))
    await expect(commits.settle(settlement(1))).resolves.toBeUndefined()
    await expect(bad).resolves.toBe('inbox-unavailable')
  })

  it('is split down to each when all are bad, and the next batch is not touched', async () => {
    const { record, recordAll } = committing(poisoned)
    const bad = names(5).map((name) => codeOf(record(name, poison)))
    await expect(Promise.all(bad)).resolves.toEqual(Array(5).fill('inbox-unavailable'))
    await expect(recordAll(['good'])).resolves.toEqual(['recorded'])
  })

  it('fails all at once when the store is unavailable', async () => {
    const { engine, commits, record } = committing(async () => {
      throw unavailable()
    })
    const all = [
      ...names(40).map((name) => record(name)),
      record('delivery 1'),
      commits.settle(settlement(1)),
    ]
    await expect(Promise.all(all.map(codeOf))).resolves.toEqual(Array(42).fill('inbox-unavailable'))
    expect(engine.calls).toHaveLength(1)
  })

  it('whose answer was lost makes the repetition a duplicate', async () => {
    let isLost = true
    const { record } = committing(async (_, carryOut) => {
      const outcomes = await carryOut()
      if (!isLost) return outcomes
      isLost = false
      throw unavailable()
    })
    await expect(record('a')).rejects.toMatchObject({ code: 'inbox-unavailable' })
    await expect(record('a')).resolves.toBe('duplicate')
  })

  it.each([
    [
      'an error of ours with another code',
      Object.assign(new Error('x'), { code: 'SQLITE_FULL' }),
      'SQLITE_FULL',
    ],
    ['nothing', undefined, 'undefined'],
  ])('that throws %s is unavailability, and says so', async (_, thrown, named) => {
    const { record } = committing(() => Promise.reject(thrown))
    await expect(record('a')).rejects.toMatchObject({
      code: 'inbox-unavailable',
      message: expect.stringContaining(named),
    })
  })

  it('is one that says too little: no receipt is safe by omission', async () => {
    const { record } = committing(async () => ['recorded'])
    const outcomes = [record('a'), record('b')].map((promise) => promise.catch((error) => error.code))
    expect((await Promise.all(outcomes)).sort()).toEqual(['inbox-unavailable', 'recorded'])
  })
})
