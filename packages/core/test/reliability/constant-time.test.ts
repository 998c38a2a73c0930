/** Stimulus 19: how long a comparison takes does not depend on how much of a signature is right. */
import { expect, it, vi } from 'vitest'
import { receiving } from '../support/receiving.ts'
import { senders } from '../support/senders.ts'
import { withHeaders } from '../support/signed.ts'

const compared = vi.hoisted((): [number, number][] => [])

vi.mock('node:crypto', async (original) => {
  const crypto = await original<typeof import('node:crypto')>()
  const timingSafeEqual: typeof crypto.timingSafeEqual = (a, b) => {
    compared.push([a.byteLength, b.byteLength])
    return crypto.timingSafeEqual(a, b)
  }
  return { ...crypto, timingSafeEqual }
})

it.each(senders)('19 $name compares whole digests, once, in constant time', async (sender) => {
  const { receive } = receiving(sender.provider)
  const delivery = sender.sign(sender.content)
  const right = Buffer.from(String(delivery.headers[sender.signature]), sender.encoding)
  for (const rightBytes of [0, 1, 31, 32]) {
    const signature = Buffer.alloc(32, 0x5a)
    right.copy(signature, 0, 0, rightBytes)
    compared.length = 0
    const { status } = await receive(
      withHeaders(delivery, { [sender.signature]: signature.toString(sender.encoding) }),
    )
    expect(status).toBe(rightBytes === 32 ? 200 : 401)
    expect(compared).toEqual([[32, 32]])
  }
})
