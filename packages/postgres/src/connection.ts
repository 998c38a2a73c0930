import { KycWebhookError } from '@kyc-webhooks/core'
import type pg from 'pg'
import { toFault } from './failure.ts'

/** A connection out of the pool, to be given back by `end`. */
export interface Connection {
  client: pg.PoolClient
  /** Gives the connection back; with `cut`, closes it: its state is not known. */
  end(cut: boolean): void
}

/** Takes a connection. Rejects with `inbox-unavailable` when none is to be had in time. */
export async function connectTo(pool: pg.Pool, timeoutMs: number): Promise<Connection> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(
    () => late.reject(new KycWebhookError('inbox-unavailable', 'no connection in time')),
    Math.max(1, timeoutMs),
  )
  late.promise.catch(() => {})
  const connecting = connect(pool)
  try {
    return await Promise.race([connecting, late.promise])
  } catch (error) {
    connecting.then(
      ({ end }) => end(false),
      () => {},
    )
    throw toFault(error)
  } finally {
    clearTimeout(timer)
  }
}

/**
 * By a callback: the pool calls it while it reads from the connection. A promise is heard after that, and an error that
 * came in the same bytes would be heard by nobody, and end the process.
 */
function connect(pool: pg.Pool): Promise<Connection> {
  return new Promise((resolve, reject) => {
    // What the driver throws at once, at a connection string that is none, rejects too.
    pool.connect((error, client) => {
      if (client === undefined) reject(error)
      else resolve(held(client))
    })
  })
}

function held(client: pg.PoolClient): Connection {
  let isHeld = true
  // A connection that breaks between two statements says so by an event; the next statement rejects.
  const onError = (): void => {}
  client.on('error', onError)
  return {
    client,
    end(cut) {
      if (!isHeld) return
      isHeld = false
      if (!cut) client.off('error', onError)
      client.release(cut)
    },
  }
}

/** Commits. Rejects when the server has rolled back instead, which it does without an error after a statement failed. */
export async function commit(client: Pick<pg.PoolClient, 'query'>): Promise<void> {
  const { command } = await client.query('COMMIT')
  if (command !== 'COMMIT') throw new KycWebhookError('inbox-unavailable', 'the server has rolled back')
}
