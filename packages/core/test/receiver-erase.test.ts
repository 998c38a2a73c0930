import { describe, expect, it } from 'vitest'
import { memoryInbox } from '../src/memory-inbox.ts'
import { press } from '../src/providers/press.ts'
import { receiving } from './support/receiving.ts'
import { NOW, signedPress, unixSeconds } from './support/signed.ts'

const LATE = unixSeconds(NOW - 3_600_000)
const about = (uaekyc_id: unknown, name: string) => ({
  ...{ specversion: '1.0', id: `event about ${name}`, source: 'icp', type: 'new_id' },
  data: { uaekyc_id, name },
})
const text = (body: Uint8Array | undefined) => Buffer.from(body ?? []).toString()

describe('what is erased of one person', () => {
  it('is nowhere in the batch that others came with', async () => {
    const { inbox, receive, handled } = receiving(press())
    await receive(signedPress([about(1, 'anna'), about(2, 'ben'), about(3, 'cleo')]))
    await handled()
    expect(await inbox.erase('3')).toMatchObject({ events: 1 })
    const left = await inbox.events()
    const bodies = await Promise.all(left.map(async ({ seq }) => text((await inbox.delivery(seq))?.body)))
    expect(bodies.sort()).toEqual([about(1, 'anna'), about(2, 'ben')].map((event) => JSON.stringify(event)))
  })

  it.each([
    ['a number', '{"uaekyc_id":1998600000000026050}', '1998600000000026050'],
    ['text', '{"id":"784-1990-1"}', '784-1990-1'],
    ['text with escapes', '{"id":"\\u0061nna\\/1"}', 'anna/1'],
    ['a word of what is no JSON', '<id>34890890</id>', '34890890'],
    ['a word of JSON that is cut off', '{"data":[{"uaekyc_id":34890890', '34890890'],
  ])('is told of where nobody here reads it: %s', async (_, body, subject) => {
    const inbox = memoryInbox({ now: () => NOW })
    const { receive } = receiving(press(), { inbox, onEvent: undefined, receiveOnly: true })
    await receive(signedPress(body, { timestamp: LATE }))
    const [row] = await inbox.quarantined()
    expect(await inbox.erase(subject)).toMatchObject({ quarantined: 0, leftInQuarantine: [row?.seq] })
    for (const other of [`${subject}0`, subject.slice(0, -1), subject.slice(1)])
      expect(await inbox.erase(other)).toMatchObject({ leftInQuarantine: [] })
  })
})
