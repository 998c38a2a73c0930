import { type Logger, memoryInbox, type PressEvent } from '@kyc-webhooks/core'
import { expect, vi } from 'vitest'
import type { AdapterCase, AdapterFixture, MakeAdapterApp } from './adapter-case.ts'
import { PATH, PERSON, SECRET, signedHeaders } from './adapter-samples.ts'
import { RawConnection } from './raw-connection.ts'
import { send } from './send.ts'

type Line = Readonly<Record<string, unknown>>

/** Runs one case on an application of its own. Rejects when the adapter does not pass. */
export async function runAdapterCase(adapterCase: AdapterCase, makeApp: MakeAdapterApp): Promise<void> {
  const { inFront = 'nothing', options, run } = adapterCase
  const inbox = memoryInbox()
  const lines: Line[] = []
  const onAppError = vi.fn<() => void>()
  const handled: PressEvent[] = []
  const onEvent = (event: PressEvent): unknown => {
    handled.push(event)
    return fixture.handle()
  }
  const logger = loggerTo(lines)
  const app = await makeApp({
    inFront,
    // A slow machine is no fault of the adapter: ten times the budget of PRESS.
    options: { secret: SECRET, onEvent, inbox, logger, budgetMs: 4_000, closeGraceMs: 0, ...options },
    onAppError,
  })
  const connections: RawConnection[] = []
  const fixture = fixtureOf({ server: app.server, inbox, handled, lines, connections })
  try {
    await run(fixture)
    expect(onAppError, 'the error handler of the application').not.toHaveBeenCalled()
    expectNothingToldOf(lines)
  } finally {
    for (const connection of connections) connection.destroy()
    app.server.closeAllConnections()
    await app.close()
    await inbox.close()
  }
}

interface Parts extends Pick<AdapterFixture, 'server' | 'inbox' | 'handled'> {
  lines: Line[]
  connections: RawConnection[]
}

function fixtureOf({ server, inbox, handled, lines, connections }: Parts): AdapterFixture {
  return {
    server,
    inbox,
    handled,
    handle: () => {},
    handledUntil: (count) => vi.waitFor(() => expect(handled).toHaveLength(count), WAIT),
    logged: (code) =>
      vi.waitFor(() => {
        const line = lines.find((candidate) => candidate.code === code)
        if (line === undefined) throw new Error(`no log line with the code ${code}`)
        return line
      }, WAIT),
    send: (sending) => send(server, { path: PATH, ...sending }),
    deliver: (body, headers) =>
      send(server, { path: PATH, body, headers: { ...signedHeaders(body), ...headers } }),
    connect() {
      const connection = new RawConnection(server)
      connections.push(connection)
      return connection
    },
  }
}

const WAIT = { timeout: 5_000, interval: 5 }

function loggerTo(lines: Line[]): Logger {
  const log = (fields: object, message: string): void => {
    lines.push({ ...fields, message })
  }
  return { info: log, warn: log, error: log }
}

/** No secret, no signature, nothing of a body. */
function expectNothingToldOf(lines: readonly Line[]): void {
  const text = JSON.stringify(lines)
  for (const told of [SECRET, PERSON, 'uaekyc_id']) expect(text).not.toContain(told)
}
