import { createHash, randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { Receipt } from '@kyc-webhooks/core'
import { sqliteEngine } from '@kyc-webhooks/sqlite'

const BATCH = 256

/** Makes an inbox in `folder` with so many events that wait for their handlers. */
export async function fillBacklog(folder: string, count: number): Promise<void> {
  const engine = sqliteEngine({ file: join(folder, 'inbox.db'), thread: false })
  await engine.open()
  for (let left = count; left > 0; left -= BATCH) {
    const receipts = Array.from({ length: Math.min(BATCH, left) }, receipt)
    await engine.commit(
      receipts.sort((a, b) => (String(a.key) < String(b.key) ? -1 : 1)),
      [],
    )
  }
  await engine.close()
}

/** A delivery of one event, about as large as one of PRESS. */
function receipt(): Receipt {
  const id = randomBytes(16).toString('hex')
  const now = Date.now()
  const event = {
    specversion: '1.0',
    id,
    source: 'icp/press-event-pipeline',
    type: 'ae.uaekyc.icp.immigration_entry.v1',
    subject: '784199012345678',
    time: new Date(now).toISOString(),
    datacontenttype: 'application/json',
    data: { event_id: id, uaekyc_id: 784199012345678, note: 'x'.repeat(150) },
    provider: 'press',
  }
  const json = JSON.stringify(event)
  const body = Buffer.from(json)
  return {
    receiver: 'press',
    key: id,
    digest: createHash('sha256').update(body).digest('hex'),
    keyExpiresAt: now + 7 * 86_400_000,
    receivedAt: now,
    body,
    headers: { 'content-type': 'application/cloudevents+json' },
    context: { id, receivedAt: new Date(now).toISOString() },
    events: [{ type: event.type, json, unsigned: [] }],
  }
}
