import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { isKycWebhookError } from '@kyc-webhooks/core'
import { receipt, record } from '@kyc-webhooks/testing'
import Database from 'better-sqlite3'
import { expect, onTestFinished, test } from 'vitest'
import { startProcess } from './support/processes.ts'
import { openEngine, temporaryFile } from './support/stores.ts'

for (const thread of [true, false]) {
  const where = thread ? 'in a thread' : 'inline'

  test(`a file that another process holds is unavailable, soon and not for ever (${where})`, async () => {
    const file = temporaryFile()
    const engine = await openEngine(file, { thread })
    const other = new Database(file)
    onTestFinished(() => void other.close())
    other.exec('BEGIN IMMEDIATE')
    const startedAt = performance.now()
    const fault = await record(engine, 'a').catch((error: unknown) => error)
    expect(performance.now() - startedAt).toBeLessThan(1_000)
    expect(fault).toMatchObject({ code: 'inbox-unavailable', cause: { code: 'SQLITE_BUSY' } })
    expect(isKycWebhookError(fault)).toBe(true)
    other.exec('ROLLBACK')
    expect(await record(engine, 'a')).toBe('recorded')
  })

  test(`a damaged page is unavailable (${where})`, async () => {
    const file = temporaryFile()
    const before = await openEngine(file, { thread })
    for (let index = 0; index < 50; index++) await record(before, `${index}`, { body: Buffer.alloc(3_000) })
    await before.close()
    // The schema lies before the deliveries.
    const content = readFileSync(file)
    writeFileSync(file, content.fill(0xff, content.length / 2))
    const engine = await openEngine(file, { thread })
    await expect(record(engine, 'new')).rejects.toMatchObject({
      code: 'inbox-unavailable',
      cause: { code: /^SQLITE_/ },
    })
  })

  test(`an error in a receipt is passed on as it is, with nothing written (${where})`, async () => {
    const engine = await openEngine(temporaryFile(), { thread })
    const wrong = receipt('b', { events: [{ type: 'kyc.completed', json: {} as string, unsigned: [] }] })
    const error = await engine.commit([receipt('a'), wrong], []).catch((error: unknown) => error)
    expect(error).toBeInstanceOf(Error)
    expect(isKycWebhookError(error)).toBe(false)
    expect(await engine.events({})).toEqual([])
    expect(await record(engine, 'a')).toBe('recorded')
  })
}

test.skipIf(process.platform === 'win32')(
  'a full disk is unavailable, and nothing acknowledged is lost',
  async () => {
    const file = temporaryFile()
    const filling = startProcess('fill', file, {}, { maxFileBlocks: 8_000 })
    const failed = await filling.saying('failed')
    expect(failed).toMatch(/^failed inbox-unavailable SQLITE_(FULL|IOERR_WRITE)$/)
    await filling.ended()
    const acknowledged = filling.lines.filter((line) => line.startsWith('recorded'))
    expect(acknowledged.length).toBeGreaterThan(5)
    const engine = await openEngine(file)
    const events = await engine.events({ limit: 1_000 })
    expect(events.map(({ context }) => `recorded ${context.id}`)).toEqual(acknowledged)
    expect(await record(engine, `fill ${acknowledged.length}`)).toBe('recorded')
  },
)

test.skipIf(process.platform === 'win32')('a file that may not be written is refused', async () => {
  const file = temporaryFile()
  await (await openEngine(file)).close()
  chmodSync(file, 0o444)
  chmodSync(dirname(file), 0o555)
  // Nothing is read-only for root.
  const reading = startProcess('idle', file, {}, process.getuid?.() === 0 ? { uid: 65_534 } : {})
  await reading.ended()
  expect(reading.lines).toEqual(['error inbox-unusable'])
  expect(statSync(file).mode & 0o777).toBe(0o444)
})
