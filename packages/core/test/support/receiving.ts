import { onTestFinished, vi } from 'vitest'
import type { RejectionCode } from '../../src/errors.ts'
import type { KycEvent } from '../../src/event.ts'
import type { Inbox } from '../../src/inbox/inbox.ts'
import { memoryInbox } from '../../src/memory-inbox.ts'
import type { Provider } from '../../src/provider.ts'
import { createReceiver, type Receiver } from '../../src/receiver.ts'
import type { ReceiverOptions, RejectedDelivery } from '../../src/receiver-options.ts'
import type { HttpRequest, Reply } from '../../src/request.ts'
import { type CapturedLog, capturedLog } from './captured-log.ts'
import { type Delivery, NOW, SECRETS } from './signed.ts'

/** A receiver under test, and all that can be seen of it. */
export interface Receiving<E extends KycEvent> {
  receiver: Receiver
  inbox: Inbox
  log: CapturedLog
  rejected: RejectedDelivery[]
  /** Set `now` to let time pass. */
  clock: { now: number }
  /** Delivers as an adapter would. */
  receive: (delivery: Delivery, over?: Partial<HttpRequest>) => Promise<Reply>
  /** The events that reached the handler, when nothing is left to handle. */
  handled: () => Promise<E[]>
}

/** A receiver on an inbox in memory, with a clock that stands still. It is closed when the test ends. */
export function receiving<E extends KycEvent>(
  provider: Provider<E>,
  options: Partial<ReceiverOptions<E>> = {},
): Receiving<E> {
  const clock = { now: NOW }
  const now = () => clock.now
  const log = capturedLog()
  const rejected: RejectedDelivery[] = []
  const events: E[] = []
  const inbox = options.inbox ?? memoryInbox({ now })
  const receiver = createReceiver<E>(provider, {
    secret: secretOf(provider.name),
    onEvent: (event) => void events.push(event),
    onRejected: (delivery) => void rejected.push(delivery),
    logger: log,
    now,
    inbox,
    ...options,
  })
  onTestFinished(async () => {
    await receiver.close()
    await inbox.close()
  })
  return {
    ...{ receiver, inbox, log, rejected, clock },
    receive: (delivery, over) => receiver.receive(requestOf(delivery, over)),
    handled: async () => {
      await nothingLeft(inbox)
      return events
    },
  }
}

/** What an adapter makes of a delivery. */
export function requestOf({ headers, body }: Delivery, over: Partial<HttpRequest> = {}): HttpRequest {
  const sent = { ...headers, 'content-length': String(body.length) }
  return {
    method: 'POST',
    rawHeaders: Object.entries(sent).flatMap(([name, values]) =>
      [values ?? []].flat().flatMap((value) => [name, value]),
    ),
    readBody: async () => body,
    remoteAddress: '192.0.2.1',
    tls: undefined,
    ...over,
  }
}

/** The code that the sender is told. */
export function codeOf(reply: Pick<Reply, 'body'>): RejectionCode {
  return JSON.parse(reply.body).error.code
}

async function nothingLeft(inbox: Inbox): Promise<void> {
  const left = async () => {
    const { waiting, running } = await inbox.stats()
    return waiting + running
  }
  await vi.waitUntil(async () => (await left()) === 0, { timeout: 5_000, interval: 2 })
}

function secretOf(provider: string): string | undefined {
  return Object.entries(SECRETS).find(([name]) => name === provider)?.[1]
}
