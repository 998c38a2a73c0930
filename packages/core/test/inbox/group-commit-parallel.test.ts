import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { Outcome, Receipt } from '../../src/inbox/port.ts'
import { committing, gated, names, settlement } from './committing.ts'
import { type Around, codeOf } from './support.ts'

const others = (count: number, of: string): string[] => names(count).map((name) => `${name} of ${of}`)

describe('a store that takes several commits at once', () => {
  it('gets another when it is worth one, and no more than it takes', async () => {
    const { gates, begun, commits, record, recordAll } = gated(undefined, 3)
    const all: Promise<unknown>[] = [record('a')]
    await begun(1)
    all.push(recordAll(others(31, 'two')))
    await turn()
    await turn()
    expect(gates).toHaveLength(1)
    all.push(commits.settle(settlement(1)))
    expect((await begun(2)).receipts).toHaveLength(31)
    all.push(recordAll(others(40, 'three')))
    await begun(3)
    all.push(recordAll(others(100, 'four')))
    await turn()
    await turn()
    expect(gates).toHaveLength(3)
    gates[1]?.open()
    expect((await begun(4)).receipts).toHaveLength(100)
    for (const { open } of gates) open()
    await Promise.all(all)
    expect(gates).toHaveLength(4)
  })

  it('gets what arrives in one turn of the event loop in one commit', async () => {
    const { engine, recordAll } = committing(undefined, undefined, 4)
    await recordAll(names(200))
    expect(engine.calls).toHaveLength(1)
  })

  it('gets what is left by whichever commit ends last', async () => {
    const { begun, record, recordAll } = gated(undefined, 2)
    const first = record('a')
    const one = await begun(1)
    const second = recordAll(others(32, 'two'))
    const two = await begun(2)
    const left = record('left')
    one.open()
    await first
    await turn()
    two.open()
    await second
    const three = await begun(3)
    three.open()
    await expect(left).resolves.toBe('recorded')
  })

  it.each<[string, Partial<Receipt>, Outcome]>([
    ['a delivery', {}, 'duplicate'],
    ['other bytes under its id', { body: Buffer.from('other') }, 'conflict'],
  ])('has %s in one commit at a time', async (_, over, outcome) => {
    const { begun, record, recordAll } = gated(undefined, 3)
    const first = record('a')
    const one = await begun(1)
    const again = record('a', over)
    const rest = recordAll(others(40, 'two'))
    const two = await begun(2)
    expect(two.receipts).toHaveLength(40)
    two.open()
    await rest
    await expect(Promise.race([again, turn('waiting')])).resolves.toBe('waiting')
    one.open()
    await expect(first).resolves.toBe('recorded')
    const three = await begun(3)
    three.open()
    await expect(again).resolves.toBe(outcome)
  })

  it('records what came again when the first has failed, and only that one failed', async () => {
    const { begun, record, recordAll } = gated(undefined, 2)
    const first = codeOf(record('a'))
    const one = await begun(1)
    const again = Promise.all([record('a'), record('a')])
    const rest = recordAll(others(32, 'two'))
    const two = await begun(2)
    one.fail()
    await expect(first).resolves.toBe('inbox-unavailable')
    two.open()
    await expect(rest).resolves.toEqual(Array(32).fill('recorded'))
    const three = await begun(3)
    three.open()
    await expect(again).resolves.toEqual(['recorded', 'duplicate'])
  })

  it('is drained when all of them have ended', async () => {
    const { gates, begun, commits, record, recordAll } = gated(undefined, 2)
    const all = [record('a'), begun(1).then(() => recordAll(others(32, 'two')))]
    await begun(2)
    let isDrained = false
    const drained = commits.drain().then(() => {
      isDrained = true
    })
    for (const gate of gates.toReversed()) {
      for (let turns = 0; turns < 5; turns++) await turn()
      expect(isDrained).toBe(false)
      gate.open()
    }
    await Promise.all([...all, drained])
  })

  it('records each delivery once, in whatever order commits end and fail', async () => {
    let inFlight = 0
    let most = 0
    const busy = new Set<string>()
    const uncertain: Around = async ({ args, n }, carryOut) => {
      const keys = (args[0] as Receipt[]).flatMap(({ key }) => key ?? [])
      for (const key of keys) {
        expect(busy).not.toContain(key)
        busy.add(key)
      }
      most = Math.max(most, ++inFlight)
      for (let turns = (n * 7) % 5; turns > 0; turns--) await turn()
      inFlight--
      for (const key of keys) busy.delete(key)
      if (n % 3 === 0) throw new RangeError('blames the batch')
      return carryOut()
    }
    const { record } = committing(uncertain, undefined, 4)
    const outcomes: unknown[] = []
    const untilTaken = async (name: string): Promise<void> => {
      const outcome = await record(name).catch(() => 'failed')
      outcomes.push(outcome)
      if (outcome === 'failed') await untilTaken(name)
    }
    for (let round = 0; round < 60; round++) {
      for (const name of others(10, String(round % 40))) void untilTaken(name)
      await turn()
      for (const name of others(10, String(round % 40))) void untilTaken(name)
    }
    while (inFlight > 0 || outcomes.filter((outcome) => outcome !== 'failed').length < 1_200) await turn()
    expect(outcomes.filter((outcome) => outcome === 'recorded')).toHaveLength(400)
    expect(most).toBeGreaterThan(1)
    expect(most).toBeLessThanOrEqual(4)
  })
})
