import { describe, expect, it } from 'vitest'
import { jsonDraft, simulators } from '../src/index.ts'
import { type Cue, cues, type Script } from '../src/play/cues.ts'

const script: Script = {
  seed: 1,
  count: 1000,
  eventTypes: [
    ['COMPLETED', 3],
    ['AML_OGS_UPDATE', 1],
    ['OCR_COMPLETED', 0],
  ],
  troubles: [],
  overtakenBy: 5,
}
const drafts = () => simulators['advance-ai'].drafts({ seed: 1 })
const all = (changes: Partial<Script> = {}) => [...cues(drafts(), { ...script, ...changes })]
const shareOf = (all: Cue[], test: (cue: Cue) => boolean) => all.filter(test).length / all.length

it('are the same for the same seed, and others for another', () => {
  const troubles = [
    ['bad-signature', 0.2],
    ['out-of-order', 0.2],
  ] as const
  expect(all({ troubles })).toEqual(all({ troubles }))
  expect(all({ troubles, seed: 2 })).not.toEqual(all({ troubles }))
})

it('are as many as told, of the types told, in the shares told', () => {
  const made = all()
  expect(made).toHaveLength(1000)
  expect(shareOf(made, ({ eventType }) => eventType === 'COMPLETED')).toBeCloseTo(0.75, 1)
  expect(shareOf(made, ({ eventType }) => eventType === 'OCR_COMPLETED')).toBe(0)
  for (const { eventType, draft } of made)
    expect(draft.body.toString()).toContain(`"eventType":"${eventType}"`)
  expect(all({ count: 0 })).toEqual([])
})

describe('troubles', () => {
  it('befall the share told, each', () => {
    const troubles = [
      ['bad-signature', 0.1],
      ['slow-body', 0.3],
    ] as const
    const made = all({ troubles })
    expect(shareOf(made, ({ trouble }) => trouble === 'bad-signature')).toBeCloseTo(0.1, 1)
    expect(shareOf(made, ({ trouble }) => trouble === 'slow-body')).toBeCloseTo(0.3, 1)
    expect(shareOf(made, ({ trouble }) => trouble === undefined)).toBeCloseTo(0.6, 1)
  })

  it('befall all when their shares add up to 1', () => {
    const troubles = Array.from({ length: 10 }, () => ['slow-body', 0.1] as const)
    expect(shareOf(all({ troubles }), ({ trouble }) => trouble === 'slow-body')).toBe(1)
  })

  it('have a first delivery where they are nothing without one', () => {
    for (const { draft, first } of all({ troubles: [['conflict', 1]] })) expect(first).toBe(draft)
    for (const { draft, first } of all({ troubles: [['reused-nonce', 1]] })) {
      expect(first?.id).toBeDefined()
      expect(first?.id).not.toBe(draft.id)
    }
    for (const { first } of all({ troubles: [['bad-signature', 1]] })) expect(first).toBeUndefined()
  })
})

describe('out-of-order', () => {
  it('comes after some that were to follow it, at most as many as told, and nothing is left out', () => {
    let numbered = 0
    const sample = () => jsonDraft(String(numbered++), {})
    const made = [...cues({ sample }, { ...script, count: 500, troubles: [['out-of-order', 0.1]] })]
    const numbers = made.map(({ draft }) => Number(draft.id))
    expect([...numbers].sort((a, b) => a - b)).toEqual(Array.from({ length: 500 }, (_, number) => number))

    const overtaking = made.map(({ trouble }, place) => {
      if (trouble !== 'out-of-order') return 0
      // At the end, nothing is left that could overtake.
      return numbers.slice(0, place).filter((number) => number > (numbers[place] ?? 0)).length
    })
    const late = overtaking.filter((count) => count > 0)
    expect(late.length).toBeGreaterThan(20)
    // Others that were held back for less may come before it too.
    expect(Math.max(...late)).toBeLessThanOrEqual(2 * script.overtakenBy)
    const inOrder = numbers.filter((_, place) => made[place]?.trouble === undefined)
    expect(inOrder).toEqual([...inOrder].sort((a, b) => a - b))
  })

  it('loses none when all are', () => {
    const made = all({ troubles: [['out-of-order', 1]], count: 20 })
    expect(new Set(made.map(({ draft }) => draft.id)).size).toBe(20)
  })
})
