import { describe, expect, it } from 'vitest'
import { answersAt, type Placement } from '../src/placement.ts'
import { press } from '../src/providers/press.ts'
import { receiving } from './support/receiving.ts'

const nowhere: Placement = { path: '/', mounted: false, routeHandlers: [] }
const answers = (options: { path?: string }, placement: Partial<Placement>) =>
  answersAt(receiving(press(), options).receiver, { ...nowhere, ...placement })

describe('a receiver that was told no path', () => {
  it.each([
    ['/webhooks/press', true],
    ['/webhooks/press/', true],
    ['/webhooks/press//', false],
    ['/webhooks/pres', false],
    ['/webhooks/press/x', false],
    ['/Webhooks/Press', false],
    ['/x/webhooks/press', false],
    ['/', false],
    ['', false],
  ])('answers on %s: %s', (path, expected) => {
    expect(answers({}, { path })).toBe(expected)
  })

  it.each([
    ['/', true],
    ['/webhooks/press', true],
    ['/x', false],
  ])('mounted, answers at what is left of the path, %s: %s', (path, expected) => {
    expect(answers({}, { path, mounted: true })).toBe(expected)
  })

  it('answers on a route that leads to it, and on none that leads elsewhere', () => {
    const { receiver } = receiving(press())
    const own = Object.assign(() => {}, { receiver })
    const elsewhere = Object.assign(() => {}, { receiver: receiving(press(), { name: 'sandbox' }).receiver })
    const at = (...routeHandlers: unknown[]) =>
      answersAt(receiver, { ...nowhere, path: '/hook', routeHandlers })
    expect(at(own)).toBe(true)
    expect(at(() => {}, own)).toBe(true)
    expect(at(elsewhere, () => {}, undefined, null, { receiver })).toBe(false)
    expect(at()).toBe(false)
  })
})

describe('a receiver that was told its path', () => {
  it('answers there and nowhere else', () => {
    const told = { path: '/hooks/kyc' }
    expect(answers(told, { path: '/hooks/kyc' })).toBe(true)
    expect(answers(told, { path: '/hooks/kyc/' })).toBe(true)
    expect(answers(told, { path: '/webhooks/press' })).toBe(false)
    expect(answers(told, { path: '/', mounted: true })).toBe(false)
    const { receiver } = receiving(press(), told)
    const own = Object.assign(() => {}, { receiver })
    expect(answersAt(receiver, { ...nowhere, path: '/x', routeHandlers: [own] })).toBe(false)
  })

  it('may be told the root', () => {
    expect(answers({ path: '/' }, { path: '/' })).toBe(true)
  })
})
