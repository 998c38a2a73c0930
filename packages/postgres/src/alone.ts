import { isKycWebhookError, KycWebhookError } from '@kyc-webhooks/core'
import { errorName } from '@kyc-webhooks/core/engine'
import { commit } from './connection.ts'
import type { Database, Queryable } from './database.ts'
import { sqlState, toFault } from './failure.ts'
import type { MoveStatements } from './move-sql.ts'

/** How long a connection may be waited for, in milliseconds. */
const CONNECT_TIMEOUT_MS = 30_000
/** SQLSTATE: a lock was not to be had in time. */
const LOCK_NOT_AVAILABLE = '55P03'

/**
 * Runs `work` in one transaction that has the inbox for itself, however long it takes: others can look meanwhile, and their
 * writing gives way. Rejects with a `KycWebhookError` when the server fails, and with what `work` rejects with.
 */
export async function alone<T>(
  database: Database,
  sql: MoveStatements,
  work: (client: Queryable) => Promise<T>,
): Promise<T> {
  const { client, end } = await database.connect(CONNECT_TIMEOUT_MS)
  const faulting: Queryable = {
    query: (text, values) => client.query(text, values).catch((error) => Promise.reject(toMoveFault(error))),
  }
  let isOver = false
  try {
    await faulting.query(sql.begin)
    await faulting.query(sql.lock)
    const result = await work(faulting)
    await commit(client).catch((error) => Promise.reject(toMoveFault(error)))
    isOver = true
    return result
  } catch (error) {
    isOver = await client.query('ROLLBACK').then(
      () => true,
      () => false,
    )
    throw error
  } finally {
    end(!isOver)
  }
}

function toMoveFault(error: unknown): unknown {
  if (sqlState(error) === LOCK_NOT_AVAILABLE) {
    return new KycWebhookError('inbox-in-use', 'a transaction on it does not end: stop what runs on it first')
  }
  const fault = toFault(error)
  return isKycWebhookError(fault)
    ? fault
    : new KycWebhookError('inbox-unavailable', errorName(error), { cause: error })
}
