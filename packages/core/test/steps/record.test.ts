import { describe, expect, it } from 'vitest'
import { KycWebhookError, Rejection } from '../../src/errors.ts'
import type { Inbox } from '../../src/inbox/inbox.ts'
import type { Outcome, Receipt } from '../../src/inbox/port.ts'
import { memoryInbox } from '../../src/memory-inbox.ts'
import { record } from '../../src/steps/record.ts'

const receipt = (key: string | undefined, content = 'x'): Receipt => ({
  receiver: 'press',
  key,
  digest: content.padEnd(64, '0'),
  keyExpiresAt: 1_000,
  receivedAt: 0,
  body: Buffer.from(content),
  headers: {},
  context: { receivedAt: '1970-01-01T00:00:00.000Z' },
  events: [],
})
const failing = (error: unknown): Inbox => ({
  ...memoryInbox(),
  record: () => Promise.reject(error),
})
const thrown = (inbox: Inbox) => record(inbox, [receipt('a')]).catch((error: unknown) => error)

describe('record', () => {
  it('tells what became of each receipt, in order', async () => {
    const inbox = memoryInbox()
    const receipts = [receipt('a'), receipt(undefined), receipt('b')]
    await expect(record(inbox, receipts)).resolves.toEqual(['recorded', 'recorded', 'recorded'])
    const again = [receipt('b', 'other'), receipt(undefined), receipt('a')]
    await expect(record(inbox, again)).resolves.toEqual(['conflict', 'recorded', 'duplicate'])
    await inbox.close()
  })

  it('waits for all of them', async () => {
    const slow = Promise.withResolvers<Outcome>()
    const inbox = {
      ...memoryInbox(),
      record: ({ key }: Receipt) => (key === 'b' ? slow.promise : 'recorded'),
    }
    let settled = false
    const recording = record(inbox as Inbox, [receipt('a'), receipt('b')]).finally(() => {
      settled = true
    })
    await new Promise(setImmediate)
    expect(settled).toBe(false)
    slow.resolve('recorded')
    await recording
  })

  it.each([
    ['a full queue', new KycWebhookError('inbox-full'), 'inbox-full'],
    ['a store that is down', new KycWebhookError('inbox-unavailable', 'no such host'), 'inbox-unavailable'],
    ['a store of something else', new KycWebhookError('inbox-foreign'), 'inbox-unavailable'],
    ['a driver’s error', new Error('SQLITE_FULL'), 'inbox-unavailable'],
    ['undefined', undefined, 'inbox-unavailable'],
  ])('%s is a fault of ours, never a refusal', async (_, error, code) => {
    const rejection = await thrown(failing(error))
    expect(rejection).toBeInstanceOf(Rejection)
    expect(rejection).toMatchObject({ code })
  })

  it('one that fails fails them all: a 200 stands for the whole delivery', async () => {
    const inbox = memoryInbox()
    const half: Inbox = {
      ...inbox,
      record: (one) => (one.key === 'b' ? Promise.reject(new Error('down')) : inbox.record(one)),
    }
    await expect(record(half, [receipt('a'), receipt('b')])).rejects.toMatchObject({
      code: 'inbox-unavailable',
    })
    await inbox.close()
  })

  it('does not repeat what a driver says: it may quote what was written', async () => {
    expect(await thrown(failing(new Error('duplicate key (34890890)')))).toMatchObject({
      detail: 'the inbox failed',
    })
  })
})
