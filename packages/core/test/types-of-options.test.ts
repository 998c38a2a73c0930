/** What the compiler promises to whoever makes a receiver. See types.test.ts for how it is checked. */
import { describe, expectTypeOf, it } from 'vitest'
import {
  type AdvanceAiEvent,
  advanceAi,
  createReceiver,
  memoryInbox,
  press,
  type Receiver,
  type ReceiverOptions,
  type UipEvent,
  uip,
} from '../src/index.ts'

describe('a receiver', () => {
  const inbox = memoryInbox()

  it('takes the events of its provider from it', () => {
    const make = () => [
      createReceiver(uip(), {
        secret: 'x',
        inbox,
        onEvent: (event) => expectTypeOf(event).toEqualTypeOf<UipEvent>(),
      }),
      createReceiver(advanceAi(), {
        secret: 'x',
        inbox,
        on: { COMPLETED: ({ data }) => data.signatureId.length },
      }),
      createReceiver(press(), {
        secret: () => Promise.resolve(['x']),
        inbox,
        onEvent: async ({ data }) => data.uaekyc_id,
      }),
    ]
    expectTypeOf(make).returns.toEqualTypeOf<Receiver[]>()
  })

  it('does not compile', () => {
    const make = () => [
      // @ts-expect-error: without saying what its secret is.
      createReceiver(uip(), { inbox, onEvent: () => {} }),
      // @ts-expect-error: with a secret that is none.
      createReceiver(uip(), { inbox, secret: 5, onEvent: () => {} }),
      // @ts-expect-error: without an inbox, which only the adapters have a default for.
      createReceiver(uip(), { secret: 'x', onEvent: () => {} }),
      // @ts-expect-error: with the handler of another provider.
      createReceiver(uip(), { secret: 'x', inbox, onEvent: (_: AdvanceAiEvent) => {} }),
      // @ts-expect-error: with an option that does not exist.
      createReceiver(uip(), { secret: 'x', inbox, onEvent: () => {}, tolerance: 5 }),
      createReceiver(advanceAi(), {
        secret: 'x',
        inbox,
        // @ts-expect-error: with a field that this event does not have.
        on: { COMPLETED: ({ data }) => data.caseId },
      }),
      // @ts-expect-error: for a scheme that does not exist.
      uip({ scheme: 'headers' }),
      // @ts-expect-error: for an algorithm that the page does not list.
      advanceAi({ algorithm: 'md5' }),
    ]
    expectTypeOf(make).toBeFunction()
  })

  it('may have no secret at compile time, as environment variables do; that is found at the start', () => {
    expectTypeOf<undefined>().toExtend<ReceiverOptions<UipEvent>['secret']>()
  })
})
