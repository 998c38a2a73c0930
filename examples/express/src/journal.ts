import { appendFile } from 'node:fs/promises'
import type { Handler } from '@kyc-webhooks/core'

/**
 * A handler that stands in for your database: appends a line for each event. An event counts as handled when its handler
 * resolves, so it must not resolve before the write is durable: `flush`.
 *
 * A crash between this write and its settlement brings the event again, with the same `id`: a database would do
 * `INSERT ... ON CONFLICT (id) DO NOTHING`.
 */
export function journal(file: string): Handler {
  return async ({ id, provider, type, subject, time }, { attempt }) => {
    const line = JSON.stringify({ id, provider, type, subject, time, attempt })
    await appendFile(file, `${line}\n`, { flush: true, mode: 0o600 })
  }
}
