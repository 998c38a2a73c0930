/** Stimuli 128, 129 and 135: handlers that misbehave in a process that survives them. The numbers are those of the reliability catalogue. */
import { describe, expect, it } from 'vitest'
import type { Handler, HandlerContext } from '../../src/event.ts'
import { memoryInbox } from '../../src/memory-inbox.ts'
import { uip } from '../../src/providers/uip.ts'
import type { UipEvent } from '../../src/providers/uip-events.ts'
import type { ReceiverOptions } from '../../src/receiver-options.ts'
import { eventually } from '../support/eventually.ts'
import { receiving } from '../support/receiving.ts'
import { signedUip } from '../support/signed.ts'

type Misbehaviour = Handler<UipEvent>

/** `bad` misbehaves, twice at most, between two events that do not. Resolves when nothing is left to handle. */
async function handling(bad: Misbehaviour, options: Partial<ReceiverOptions<UipEvent>> = {}) {
  const contexts: HandlerContext[] = []
  const events: UipEvent[] = []
  const good: string[] = []
  const { inbox = memoryInbox() } = options
  const receiver = receiving(uip(), {
    now: Date.now,
    handlerTimeoutMs: 30,
    closeGraceMs: 100,
    retry: { attempts: 2, firstDelayMs: 1 },
    onEvent: (event, context) => {
      if (event.subject !== 'bad') return void good.push(`${event.subject}`)
      contexts.push(structuredClone({ ...context, signal: undefined }) as unknown as HandlerContext)
      events.push(structuredClone(event))
      return bad(event, context)
    },
    ...options,
    inbox,
  })
  const statuses: number[] = []
  for (const id of ['before', 'bad', 'after']) {
    const delivery = signedUip({ event: 'identify', data: { audit_id: id, uip_id: id, list: [1, { a: 1 }] } })
    statuses.push((await receiver.receive(delivery)).status)
  }
  expect(statuses).toEqual([200, 200, 200])
  const left = async () => {
    const { waiting, running } = await inbox.stats()
    return waiting + running
  }
  await eventually(left).toBe(0)
  expect(good.toSorted()).toEqual(['after', 'before'])
  const [record] = (await inbox.events()).filter(({ context }) => context.id === 'identify:bad')
  return { ...receiver, contexts, events, record }
}

/** What `await` takes for a promise. */
const thenable = (
  then: (resolve: (value?: unknown) => void, reject: (error: unknown) => void) => unknown,
) => ({ then })

describe('128 a handler that', () => {
  it.each<[string, Misbehaviour, string | undefined]>([
    ['throws undefined', () => thrown(undefined), 'undefined'],
    ['rejects with undefined', () => Promise.reject(undefined), 'undefined'],
    ['rejects with null', () => Promise.reject(null), 'object'],
    ['overflows the stack', () => overflow(0), 'RangeError'],
    ['rejects after it resolved', () => new Promise((resolve, reject) => [resolve(1), reject(2)]), undefined],
    ['throws after it resolved', () => new Promise((resolve) => thrown(resolve(1))), undefined],
    ['rejects twice', () => new Promise((_, reject) => [reject(1), reject(2)]), 'number'],
    ['returns what is no promise', () => ({ any: 'thing', catch: 1, finally: 2 }), undefined],
    ['returns a thenable', () => thenable((resolve) => resolve()), undefined],
    ['returns a thenable that throws', () => thenable(() => thrown(new TypeError())), 'TypeError'],
    [
      'returns one that resolves twice, and throws',
      () => thenable((resolve) => thrown([resolve(), resolve()])),
      undefined,
    ],
    [
      'returns one that rejects and resolves',
      () => thenable((resolve, reject) => [reject(1), resolve()]),
      'number',
    ],
    [
      'returns one that cannot be looked at',
      () => Object.defineProperty({}, 'then', { get: () => thrown(new TypeError()) }),
      'TypeError',
    ],
    ['returns one that never settles', () => thenable(() => {}), 'timeout'],
    ['resolves with one that never settles', async () => thenable(() => {}), 'timeout'],
    ['never settles', () => new Promise(() => {}), 'timeout'],
    ['rejects long after its time', () => new Promise((_, reject) => setTimeout(reject, 60)), 'timeout'],
    [
      'says itself that it was aborted',
      (_, { signal }) => new Promise(() => signal.dispatchEvent(new Event('abort'))),
      'undefined',
    ],
    ['rejects with a reason that cannot be looked at', () => Promise.reject(unreadable), 'Error'],
    ['rejects with an error in a circle', () => Promise.reject(circular()), 'Error'],
  ])('%s is run as often as it may be, and nobody else feels it', async (_, bad, error) => {
    const { record, events } = await handling(bad)
    expect(record).toMatchObject(
      error === undefined ? { state: 'done', attempts: 1 } : { state: 'dead', attempts: 2, error },
    )
    expect(events).toHaveLength(error === undefined ? 1 : 2)
    await new Promise((resolve) => setTimeout(resolve, 60))
  })
})

describe('a handler that changes what it is given', () => {
  const spoil: [string, Misbehaviour][] = [
    ['the event', (event) => Object.assign(event, { id: 'x', data: null, type: undefined })],
    ['deep inside the event', ({ data }) => Object.assign((data as { list: unknown[] }).list, [null])],
    ['the context', (_, context) => Object.assign(context, { attempt: 7, signal: undefined })],
    ['the delivery', (_, { delivery }) => Object.assign(delivery, { id: 42, receivedAt: {} })],
    [
      'the delivery, for something that throws',
      (_, { delivery }) => Object.assign(delivery, { id: unreadable }),
    ],
    ['the list of unsigned attributes', (_, { unsigned }) => (unsigned as string[]).push('id', 'data')],
    [
      'everything, by freezing it',
      (event, context) => [Object.freeze(event), Object.freeze(context.delivery)],
    ],
  ]

  it.each(spoil)('%s: the next attempt gets it as it was sent', async (_, change) => {
    const { record, events, contexts, log } = await handling((event, context) => {
      change(event, context)
      throw new TypeError()
    })
    expect(record).toMatchObject({ state: 'dead', attempts: 2, error: 'TypeError' })
    expect(events[1]).toEqual(events[0])
    expect(contexts[1]).toEqual({ ...contexts[0], attempt: 2 })
    expect(log.where({ error: 'TypeError' })).toMatchObject(
      Array(2).fill({ deliveryId: 'identify:bad', eventId: 'identify:bad', type: 'identify' }),
    )
  })
})

describe('a handler that reaches behind itself', () => {
  it('and waits for the receiver to close, which waits for the handler: it is given back when the grace is over', async () => {
    const inbox = memoryInbox()
    const closed: string[] = []
    const { receive, receiver } = receiving(uip(), {
      inbox,
      closeGraceMs: 50,
      onEvent: async () => {
        await receiver.close()
        closed.push('closed')
      },
    })
    expect((await receive(signedUip({ event: 'test', data: {} }))).status).toBe(200)
    await eventually(() => closed).toEqual(['closed'])
    expect(await inbox.events()).toMatchObject([{ state: 'waiting', attempts: 0, crashes: 0 }])
  })

  it('and tries itself again: only dead letters are', async () => {
    const inbox = memoryInbox()
    const { record } = await handling(
      async () => {
        await inbox.retry((await inbox.events()).map(({ seq }) => seq))
        throw new TypeError()
      },
      { inbox },
    )
    expect(record).toMatchObject({ state: 'dead', attempts: 2 })
  })
})

describe('hooks and loggers that never come back', () => {
  it('delay no reply and no event', async () => {
    const never = () => new Promise<never>(() => {})
    const logger = { info: never, warn: never, error: never }
    const options = { logger, onRejected: never, onDeadLetter: never }
    const { record, receive } = await handling(() => thrown(new TypeError()), options)
    expect(record).toMatchObject({ state: 'dead', attempts: 2 })
    expect((await receive(signedUip('{', { secret: 'not the secret of UIP' }))).status).toBe(401)
  })
})

const unreadable = new Proxy(new Error(), { get: () => thrown(1), getPrototypeOf: () => thrown(1) })

function circular(): Error {
  const error = new Error()
  return Object.assign(error, { cause: error, code: { toString: () => thrown(1) } })
}

function overflow(depth: number): number {
  return overflow(depth + 1) + 1
}

function thrown(value: unknown): never {
  throw value
}
