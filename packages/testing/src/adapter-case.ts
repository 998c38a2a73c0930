import type { Server } from 'node:http'
import type { Inbox, PressEvent, PressOptions, ReceiverOptions } from '@kyc-webhooks/core'
import type { Response } from 'supertest'
import type { RawConnection } from './raw-connection.ts'
import type { Sending } from './send.ts'

/** What a case wants of the application that it is run on. */
export interface Arrangement {
  /** For `pressWebhook`, which is used bare. */
  options: ReceiverOptions<PressEvent> & PressOptions
  /** What reads every body before the middleware sees it: a parser of JSON, or one that leaves a Buffer. */
  inFront: 'nothing' | 'json-parser' | 'raw-parser'
  /** To be called by the application's error handler, which then replies 418 with the stack. */
  onAppError: () => void
}

/**
 * An application with `pressWebhook` and, whatever is in front, beside it:
 * `POST /before` and `POST /after`, defined before and after it, which reply `{"parsed": <the body as JSON>}` in the way
 * of the framework, and `GET /hello`, which replies `hello`. Anything else is a 404 of the framework.
 */
export interface AdapterApp {
  /** Listening on a port of 127.0.0.1. */
  server: Server
  /** Closes the server and the middleware. Called once, when all connections are closed. */
  close(): Promise<void>
}

export type MakeAdapterApp = (arrangement: Arrangement) => Promise<AdapterApp>

/** What a case has to work with: a running application with an inbox in memory. */
export interface AdapterFixture {
  server: Server
  /** In memory. A case may replace its methods. */
  inbox: Inbox
  /** What the handler was given, in order. */
  handled: PressEvent[]
  /** The rest of the handler. A case may replace it. */
  handle: () => unknown
  /** Waits until the handler was given so many events. Rejects after five seconds. */
  handledUntil(count: number): Promise<void>
  /** Waits for a log line with this code, and gives it. Rejects after five seconds. */
  logged(code: string): Promise<Readonly<Record<string, unknown>>>
  /** Sends a request through supertest. @default `path` the middleware's */
  send(sending: Partial<Sending>): Promise<Response>
  /** Delivers a body, correctly signed unless `headers` say otherwise. */
  deliver(body: Uint8Array, headers?: Readonly<Record<string, string>>): Promise<Response>
  /** Opens a connection for what no HTTP client would send. */
  connect(): RawConnection
}

/** One sentence about adapters, and what holds them to it. */
export interface AdapterCase {
  name: string
  /** @default nothing in front */
  inFront?: Arrangement['inFront']
  /** @default those of a receiver with a secret and a handler */
  options?: Partial<Arrangement['options']>
  /** Rejects when the adapter does not do it. */
  run(fixture: AdapterFixture): Promise<void>
}
