import { expect } from 'vitest'
import { type InboxCase, onEngine } from './inbox-case.ts'
import { claim, record, T0 } from './inbox-samples.ts'
import { delivered, everything, movedEvent, moveIn, moveOf, moveOut, NOTHING } from './inbox-samples-move.ts'

/** What a store takes over, and from when on it is open. */
export const takeOverCases: readonly InboxCase[] = [
  onEngine('takes nothing over when there is something in it', async (engine) => {
    await record(engine, 'a', { events: [] })
    const rows = everything()
    await expect(engine.takeOver(moveOf(rows))).rejects.toMatchObject({ code: 'inbox-not-empty' })
    expect(await engine.stats()).toMatchObject({ waiting: 0, done: 0, quarantined: 0 })
    expect(await record(engine, 'a')).toBe('duplicate')
    expect(await record(engine, 'b')).toBe('recorded')
  }),

  onEngine('takes over all of a move or, when it fails, nothing', async (engine) => {
    const rows = everything()
    const { rows: steps, ...move } = moveOf(rows)
    const error = new Error('the line is cut')
    const cut = async function* () {
      yield* steps
      throw error
    }
    await expect(engine.takeOver({ ...move, rows: cut() })).rejects.toBe(error)
    expect(await engine.stats()).toMatchObject({ waiting: 0, done: 0, quarantined: 0 })
    await engine.open()
    expect(await moveIn(engine, moveOf(rows))).toMatchObject({ keys: rows.keys.length })
  }),

  onEngine('is closed from when it took over until it is moved into', async (engine) => {
    const deliveries = [{ ...delivered, events: [movedEvent(7), movedEvent(8, { state: 'dead' })] }]
    const move = moveOf({ ...NOTHING, deliveries })
    await engine.takeOver(move)
    for (const call of [
      () => record(engine, 'a'),
      () => claim(engine),
      () => engine.retry([8], T0),
      () => engine.handOver('there', async () => {}),
      () => engine.open(),
    ]) {
      await expect(call()).rejects.toMatchObject({
        code: 'inbox-moving',
        message: expect.stringContaining('a sample'),
      })
    }
    const departure = { id: move.id, to: 'here' }
    expect(await engine.moveIn(departure)).toEqual(move.counts)
    await engine.open()
    expect((await claim(engine)).claims).toMatchObject([{ seq: 7 }])
    expect(await record(engine, 'a')).toBe('recorded')
    expect(await engine.moveIn(departure)).toEqual(move.counts)
    expect(await engine.stats()).toMatchObject({ running: 1, waiting: 1 })
  }),

  onEngine('takes over anew what an earlier try of the same source has left', async (engine) => {
    const first = moveOf(everything())
    await engine.takeOver(first)
    const deliveries = [{ ...delivered, events: [movedEvent(7)] }]
    const second = moveOf({ ...NOTHING, deliveries }, { origin: first.origin })
    await engine.takeOver(second)
    await expect(engine.moveIn({ id: first.id, to: 'elsewhere' })).rejects.toMatchObject({
      code: 'inbox-moved',
      message: expect.stringContaining('elsewhere'),
    })
    expect(await engine.moveIn({ id: second.id, to: 'here' })).toEqual(second.counts)
    expect(await engine.events({})).toMatchObject([{ seq: 7 }])
    expect(await engine.stats()).toMatchObject({ waiting: 1, done: 0, dead: 0, quarantined: 0 })
  }),

  onEngine('keeps what a try of another source has left, and what is open', async (engine) => {
    const deliveries = [{ ...delivered, events: [movedEvent(7)] }]
    const first = moveOf({ ...NOTHING, deliveries })
    await engine.takeOver(first)
    await expect(engine.takeOver(moveOf(NOTHING))).rejects.toMatchObject({ code: 'inbox-moving' })
    await engine.moveIn({ id: first.id, to: 'here' })
    const again = moveOf(NOTHING, { origin: first.origin })
    await expect(engine.takeOver(again)).rejects.toMatchObject({ code: 'inbox-not-empty' })
    expect((await moveOut(engine)).rows.deliveries).toHaveLength(1)
    await expect(engine.takeOver(moveOf(NOTHING))).rejects.toMatchObject({ code: 'inbox-moved' })
  }),
]
