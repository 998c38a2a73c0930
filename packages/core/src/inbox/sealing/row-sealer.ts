import { randomBytes } from 'node:crypto'
import type { DeliveryContext } from '../../event.ts'
import type { StoredDelivery } from '../port.ts'
import type { KeySet, SealKey } from './key-set.ts'
import {
  isSealedText,
  keyIdOf,
  openBytes,
  openText,
  type Place,
  sealBytes,
  sealText,
  textBytes,
} from './sealed-value.ts'

/** A context as it stands in the store: in plain text, only when the delivery came. */
interface SealedContext extends DeliveryContext {
  place: string
  sealed: string
}

/** For unverified deliveries: no receiver has such a name, so that none opens where only authentic ones are. */
export const amongUnverified = (receiver: string): string => `unverified ${receiver}`

/** Body, headers and context of a delivery. */
export type Content = Pick<StoredDelivery, 'body' | 'headers' | 'context'>

export const isSealed = (context: DeliveryContext): context is SealedContext => 'sealed' in context

/** Seals body and headers as one value, and the context as another. Returns them with the name of their place. */
export function sealContent(
  key: SealKey,
  { body, headers, context }: Content,
  receiver: string,
): Content & { place: string } {
  const place = randomBytes(16).toString('base64url')
  const [inBody, inContext] = places(receiver, place)
  const sealedContext: SealedContext = {
    receivedAt: context.receivedAt,
    place,
    sealed: sealText(key, inContext, JSON.stringify(context)),
  }
  // An empty body was erased, or says nothing.
  const sealedBody = body.byteLength === 0 ? body : sealBytes(key, inBody, withHeaders(headers, body))
  return { body: sealedBody, headers: body.byteLength === 0 ? headers : {}, context: sealedContext, place }
}

export function openContent(keys: KeySet, content: Content, receiver: string): Content {
  const { body, headers, context } = content
  if (!isSealed(context)) return content
  const [inBody] = places(receiver, context.place)
  const opened = openContext(keys, context, receiver)
  if (body.byteLength === 0) return { body, headers, context: opened }
  return { ...splitHeaders(openBytes(keys, inBody, body)), context: opened }
}

export function openContext(keys: KeySet, context: DeliveryContext, receiver: string): DeliveryContext {
  if (!isSealed(context)) return context
  const [, inContext] = places(receiver, context.place)
  return JSON.parse(openText(keys, inContext, context.sealed))
}

export const sealEvent = (key: SealKey, json: string, receiver: string, place: string): string =>
  sealText(key, { kind: 'event', receiver, place }, json)

/** @param context of its delivery, as it stands in the store */
export function openEvent(keys: KeySet, json: string, receiver: string, context: DeliveryContext): string {
  if (!isSealedText(json)) return json
  const place = isSealed(context) ? context.place : ''
  return openText(keys, { kind: 'event', receiver, place }, json)
}

/** The keys that the values of a delivery are sealed with; `undefined` for one in plain text. */
export function keyIdsOf(content: Content, jsons: readonly string[]): Set<string | undefined> {
  const { body, context } = content
  const ids = new Set(jsons.map((json) => (isSealedText(json) ? keyIdOf(textBytes(json)) : undefined)))
  ids.add(isSealed(context) ? keyIdOf(textBytes(context.sealed)) : undefined)
  if (isSealed(context) && body.byteLength > 0) ids.add(keyIdOf(body))
  return ids
}

/** The same in quarantine: where a delivery ends, only the store knows. */
const places = (receiver: string, place: string): [body: Place, context: Place] => [
  { kind: 'body', receiver, place },
  { kind: 'context', receiver, place },
]

function withHeaders(headers: Content['headers'], body: Uint8Array): Buffer {
  const text = Buffer.from(JSON.stringify(headers))
  const length = Buffer.alloc(4)
  length.writeUInt32BE(text.byteLength)
  return Buffer.concat([length, text, body])
}

function splitHeaders(bytes: Buffer): Pick<Content, 'body' | 'headers'> {
  const end = 4 + bytes.readUInt32BE()
  return { headers: JSON.parse(bytes.subarray(4, end).toString('utf8')), body: bytes.subarray(end) }
}
