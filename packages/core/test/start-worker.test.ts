import { expect, it, onTestFinished, vi } from 'vitest'
import { createInbox } from '../src/inbox/create-inbox.ts'
import { memoryEngine } from '../src/inbox/memory-engine.ts'
import { silentLogger } from '../src/logger.ts'
import { memoryInbox } from '../src/memory-inbox.ts'
import { press } from '../src/providers/press.ts'
import { createReceiver } from '../src/receiver.ts'
import { startWorker } from '../src/start-worker.ts'
import { configurationError } from './support/configuration-error.ts'
import { requestOf } from './support/receiving.ts'
import { NOW, SECRETS, signedPress } from './support/signed.ts'
import { pressEnvelope } from './vectors/documented.ts'

const options = { logger: silentLogger, now: () => NOW } as const

function receiveOnly(inbox = memoryInbox({ now: () => NOW })) {
  const receiver = createReceiver(press(), { ...options, secret: SECRETS.press, receiveOnly: true, inbox })
  onTestFinished(async () => {
    await receiver.close()
    await inbox.close()
  })
  return { receiver, inbox }
}

it('a receiver that only receives records and replies, and handles nothing', async () => {
  const { receiver, inbox } = receiveOnly()
  await expect(receiver.receive(requestOf(signedPress(pressEnvelope)))).resolves.toMatchObject({
    status: 200,
  })
  await expect(inbox.stats()).resolves.toMatchObject({ waiting: 1, running: 0 })
})

it('a worker handles what such a receiver recorded, before or after it was started', async () => {
  const { receiver, inbox } = receiveOnly()
  await receiver.receive(requestOf(signedPress(pressEnvelope)))
  const types: string[] = []
  const worker = startWorker(inbox, press(), { ...options, onEvent: (event) => void types.push(event.type) })
  await worker.ready
  await vi.waitFor(() => expect(types).toEqual(['ae.uaekyc.icp.immigration_entry.v1']))
  await worker.close()
  await worker.close()
  await expect(inbox.stats()).resolves.toMatchObject({ done: 1 })
})

it('what such a receiver put into quarantine is redriven where its worker runs', async () => {
  const inbox = memoryInbox({ now: () => NOW })
  const late = { ...options, now: () => NOW + 600_000 }
  const receiver = createReceiver(press(), { ...late, secret: SECRETS.press, receiveOnly: true, inbox })
  onTestFinished(async () => {
    await receiver.close()
    await inbox.close()
  })
  await receiver.receive(requestOf(signedPress(pressEnvelope)))
  const [row] = await inbox.quarantined()
  const seq = row?.seq ?? 0
  await expect(inbox.redrive(seq)).rejects.toMatchObject({ code: 'redrive-impossible' })
  const types: string[] = []
  const worker = startWorker(inbox, press(), { ...late, onEvent: (event) => void types.push(event.type) })
  await expect(inbox.redrive(seq)).resolves.toBe('recorded')
  await vi.waitFor(() => expect(types).toEqual(['ae.uaekyc.icp.immigration_entry.v1']))
  await worker.close()
})

it('a receiver that only receives takes no handlers: they would never run', () => {
  const inbox = memoryInbox()
  for (const handlers of [{ onEvent: () => {} }, { on: { x: () => {} } }]) {
    const create = () =>
      createReceiver(press(), { secret: SECRETS.press, receiveOnly: true, inbox, ...handlers })
    expect(configurationError(create)).toMatchObject({ code: 'option-invalid' })
  }
})

it('a worker needs handlers', () => {
  expect(configurationError(() => startWorker(memoryInbox(), press(), options))).toMatchObject({
    code: 'handler-missing',
  })
})

it('handlers run in a transaction only where the inbox has one to offer', () => {
  const create = () =>
    startWorker(createInbox(memoryEngine()), press(), { ...options, transactional: true, onEvent: () => {} })
  expect(configurationError(create)).toMatchObject({ code: 'option-invalid' })
})
