import type { DeliveryRecord } from '@kyc-webhooks/core'
import { printable } from '@kyc-webhooks/core/engine'
import { visible } from './visible.ts'

type Shown = Pick<DeliveryRecord, 'headers' | 'body'>

/** Kept headers and exact bytes of a delivery, for people. */
export function deliveryLines(delivery: Shown | undefined): string[] {
  if (delivery === undefined) return []
  const { headers, body } = delivery
  const heads = Object.entries(headers).map(
    ([name, value]) => `${printable(name)}: ${printable(value, 8_192)}`,
  )
  return ['', ...heads, `\n${visible(Buffer.from(body).toString('utf8'))}`]
}

/** The same for programs: the body in Base64. */
export const deliveryValue = ({ headers, body }: Shown) => ({
  headers,
  body: Buffer.from(body).toString('base64'),
})
