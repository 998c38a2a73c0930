import { describe, expect, it } from 'vitest'
import type { Handler, HandlerContext, KycEvent } from '../../src/event.ts'
import type { AttemptScope } from '../../src/inbox/inbox.ts'
import type { Claim } from '../../src/inbox/port.ts'
import { handle } from '../../src/steps/handle.ts'

const eventOf = (type: string): KycEvent => ({
  specversion: '1.0',
  id: 'e-1',
  source: '/here',
  type,
  datacontenttype: 'application/json',
  data: { a: 1 },
  provider: 'press',
})
const claimOf = (type: string): Claim => ({
  seq: 1,
  attempt: 2,
  crashes: 1,
  json: JSON.stringify(eventOf(type)),
  unsigned: ['type'],
  context: { id: 'd-1', receivedAt: '2026-03-30T12:45:00.000Z' },
})
const scope: AttemptScope = { signal: new AbortController().signal, latest: async () => true }

async function handledBy(type: string, named: Record<string, Handler>, onEvent?: Handler) {
  const unhandled: string[] = []
  const handlers = { receiver: 'press', byType: new Map(Object.entries(named)), other: onEvent }
  await handle(handlers, claimOf(type), scope, (name) => unhandled.push(name))
  return unhandled
}

/** Names that an object as a table of handlers would find something under, or set a trap with. */
const hostile = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'error', 'onEvent', '']

describe('handle', () => {
  it('gives the event and its context to the handler of its type', async () => {
    const calls: [KycEvent, HandlerContext][] = []
    const unhandled = await handledBy('sign', {
      sign: (event, context) => void calls.push([event, context]),
      identify: () => expect.unreachable(),
    })
    expect(calls).toEqual([
      [
        eventOf('sign'),
        {
          signal: scope.signal,
          attempt: 2,
          delivery: { id: 'd-1', receivedAt: '2026-03-30T12:45:00.000Z' },
          unsigned: ['type'],
        },
      ],
    ])
    expect(unhandled).toEqual([])
  })

  it.each(['other', ...hostile])(
    'an event named %j goes to onEvent when no handler has its name',
    async (type) => {
      const seen: string[] = []
      await handledBy(type, { sign: () => expect.unreachable() }, (event) => void seen.push(event.type))
      expect(seen).toEqual([type])
    },
  )

  it.each(hostile)('an event named %j without a handler is settled and told of', async (type) => {
    expect(await handledBy(type, { sign: () => expect.unreachable() })).toEqual([type])
  })

  it.each(hostile)('an event named %j goes to the handler of its name', async (type) => {
    const seen: string[] = []
    await handledBy(type, Object.fromEntries([[type, (event) => void seen.push(event.type)]]))
    expect(seen).toEqual([type])
  })

  it.each([
    ['a throw', () => fail()],
    ['a rejection', async () => fail()],
    ['a rejection with nothing', rejectsLate],
  ])('fails with %s', async (_, handler) => {
    const failed = await handledBy('sign', { sign: handler }).then(
      () => false,
      () => true,
    )
    expect(failed).toBe(true)
  })

  it('waits for the handler', async () => {
    let done = false
    await handledBy('sign', {
      sign: async () => {
        await new Promise(setImmediate)
        done = true
      },
    })
    expect(done).toBe(true)
  })
})

function fail(): never {
  throw new Error('no')
}

async function rejectsLate(): Promise<never> {
  await new Promise(setImmediate)
  return Promise.reject()
}
