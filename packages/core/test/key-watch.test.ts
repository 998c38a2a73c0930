import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import type { KeyMessage } from '../src/diagnostics.ts'
import type { Key } from '../src/key.ts'
import type { Secrets } from '../src/receiver-options.ts'
import { NEW, OLD, type Ring, ringOf, source } from './support/ring-of.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
/** The clock of a ring begins at this time. */
const START = 1_000_000
const at = (ms: number) => new Date(ms).toISOString()

const spring = { id: 'spring', secret: OLD, notAfter: at(START + 30 * DAY) }
const summer = { id: 'summer', secret: NEW, notBefore: at(START + 10 * DAY) }

/** Lets days pass, an hour at a time, with a delivery in each that is signed with one of the keys. */
async function pass({ ring, clock }: Ring, days: number, signedWith?: string): Promise<void> {
  for (const end = clock.now + days * DAY; clock.now < end; ) {
    clock.now += HOUR
    const key = (await ring.keys()).find(({ id }) => id === signedWith)
    if (key !== undefined) ring.used(key)
  }
}

const warnings = ({ log }: Ring) => log.where({ level: 'warn' })

describe('the end of a secret', () => {
  it('is told when it is near, and more and more often', async () => {
    const one = ringOf(spring)
    await pass(one, 15)
    expect(warnings(one)).toEqual([])
    const told: number[] = []
    for (let hour = 0; hour < 15 * 24; hour++) {
      const before = warnings(one).length
      await pass(one, 1 / 24)
      if (warnings(one).length > before) told.push((START + 30 * DAY - one.clock.now) / HOUR)
    }
    expect(told).toEqual([14 * 24, 7 * 24, 3 * 24, 24, 6, 1])
    expect(warnings(one)[0]).toEqual({
      level: 'warn',
      receiver: 'press',
      key: 'spring',
      notAfter: at(START + 30 * DAY),
      lastUsedAt: undefined,
      message: 'a webhook secret that is needed ends: give its successor, or a later notAfter',
    })
  })

  it('is told at once when it is nearer than that at the start', () => {
    const one = ringOf({ ...spring, notAfter: at(START + 2 * HOUR) })
    one.ring.keys()
    expect(warnings(one)).toHaveLength(1)
    one.ring.keys()
    expect(warnings(one)).toHaveLength(1)
  })

  it('is nobody’s trouble when another secret goes on and nobody signs with this one', async () => {
    const one = ringOf([summer, spring])
    await pass(one, 40, 'summer')
    expect(one.log.lines).toEqual([])
  })

  it('is told in spite of a successor while deliveries come that are signed with it', async () => {
    const one = ringOf([summer, spring])
    await pass(one, 20, 'spring')
    expect(warnings(one)).toMatchObject([{ key: 'spring', lastUsedAt: expect.any(String) }])
    await pass(one, 40, 'summer')
    expect(warnings(one)).toHaveLength(1)
  })

  it('is told anew when it was put off and comes near again', async () => {
    const ask = source(spring)
    const one = ringOf(ask)
    await one.ring.load()
    await pass(one, 17)
    expect(warnings(one)).toHaveLength(1)
    ask.state.holds = { ...spring, notAfter: at(START + 60 * DAY) }
    await one.ring.load()
    await pass(one, 20)
    expect(warnings(one)).toHaveLength(1)
    await pass(one, 10)
    expect(warnings(one)).toHaveLength(2)
  })

  it('that leaves none in force is told once, as an error', async () => {
    const one = ringOf(spring)
    await pass(one, 40)
    expect(one.log.where({ level: 'error' })).toMatchObject([{ code: 'secret-not-in-force' }])
  })

  it('is told at the start when it is over', () => {
    const one = ringOf({ ...spring, notAfter: at(START) })
    one.ring.keys()
    expect(one.log.lines).toMatchObject([{ level: 'error', code: 'secret-not-in-force' }])
  })
})

describe('without deliveries', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] }))
  afterEach(() => void vi.useRealTimers())

  it.each<[string, (secret: Secrets) => Parameters<typeof ringOf>[0]]>([
    ['a fixed secret', (secret) => secret],
    ['one from a function', (secret) => () => secret],
  ])('the end of %s is told too', async (_, sourceOf) => {
    const one = ringOf(sourceOf(spring))
    await one.ring.load()
    one.clock.now += 20 * DAY
    await vi.advanceTimersByTimeAsync(HOUR)
    expect(warnings(one)).toHaveLength(1)
  })

  it('nothing is told once the receiver is closed', async () => {
    const one = ringOf(spring)
    one.ring.close()
    one.clock.now += 20 * DAY
    await vi.advanceTimersByTimeAsync(HOUR)
    expect(warnings(one)).toEqual([])
  })
})

describe('the use of a secret is published', () => {
  function heardOf(secrets: Secrets, days: number, signedWith: string): KeyMessage[] {
    const heard: KeyMessage[] = []
    const listener = (message: unknown) => void heard.push(message as KeyMessage)
    subscribe('kyc-webhooks:key', listener)
    onTestFinished(() => void unsubscribe('kyc-webhooks:key', listener))
    const one = ringOf(secrets)
    one.clock.now += days * DAY
    const key = (one.ring.keys() as readonly Key[]).find(({ id }) => id === signedWith)
    if (key !== undefined) one.ring.used(key)
    return heard
  }

  it.each<[string, Secrets, number, string, KeyMessage['state']]>([
    ['the only one', spring, 0, 'spring', 'newest'],
    ['one whose successor is not in force yet', [summer, spring], 9, 'spring', 'newest'],
    ['one whose successor is in force', [spring, summer], 10, 'spring', 'old'],
    ['the successor', [spring, summer], 10, 'summer', 'newest'],
    ['one that is over', [spring, summer], 30, 'spring', 'not-in-force'],
    [
      'the first of two without dates',
      [
        { id: 'a', secret: OLD },
        { id: 'b', secret: NEW },
      ],
      0,
      'a',
      'newest',
    ],
    [
      'the second of two without dates',
      [
        { id: 'a', secret: OLD },
        { id: 'b', secret: NEW },
      ],
      0,
      'b',
      'old',
    ],
  ])('of %s', (_, secrets, days, signedWith, state) => {
    expect(heardOf(secrets, days, signedWith)).toEqual([
      { receiver: 'press', provider: 'press', key: signedWith, state },
    ])
  })
})
