import { KycWebhookError, type Move } from '@kyc-webhooks/core'
import { addRows } from './add-rows.ts'
import { alone } from './alone.ts'
import { checkOpen, type Moving } from './hand-over.ts'

/** As `Movable.takeOver`. The tables are there. */
export function takeOver({ name, database, sql, seals }: Moving, move: Move): Promise<void> {
  const { origin, id, from, counts, seal, lastSeq, rows } = move
  return alone(database, sql, async (client) => {
    const { rowCount } = await client.query(sql.forget, [origin])
    if (rowCount !== 0) await client.query(sql.clear)
    await checkOpen(client, sql)
    const [found] = (await client.query(sql.isNotEmpty)).rows
    if (found?.isNotEmpty === true) throw new KycWebhookError('inbox-not-empty', `${name}; choose a new one`)
    for await (const some of rows) await addRows(client, sql, some)
    await client.query(sql.raiseSeqs, [lastSeq.event, lastSeq.quarantine])
    await client.query(sql.forgetSeal)
    if (seal !== undefined) await client.query(seals.setSeal, [seal])
    // Last of all: from here on the triggers let nobody write.
    await client.query(sql.arrive, [origin, id, from, JSON.stringify(counts)])
  })
}
