import { timingSafeEqual } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener } from 'node:http'
import { createServer as createSecureServer, type ServerOptions } from 'node:https'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { onTestFinished } from 'vitest'
import type { ProviderName } from '../../../src/providers.ts'
import { secrets } from '../../support/secrets.ts'
import { DIALECTS, type Value } from './dialects.ts'

/** What can be wrong with a receiver that was written by hand: each alone, all else sound. */
export type Mistake =
  | 'no-signature-check'
  | 'compares-beginnings'
  | 'allows-six-minutes'
  | 'throws-at-short-signatures'
  | 'signs-parsed-body'
  | 'no-stale-check'
  | 'no-nonce-check'
  | 'one-algorithm'
  | 'answers-202'
  | 'answers-204'
  | 'redirects'
  | 'challenges'
  | 'one-content-type'
  | 'takes-get'
  | 'fails-at-new-fields'
  | 'refuses-new-types'
  | 'refuses-a-type'
  | 'refuses-cloud-events'
  | 'clock-is-off'
  | 'small-limit'
  | 'replies-after-the-handler'
  | 'handles-duplicates'
  | 'looks-then-inserts'
  | 'records-after-the-reply'
  | 'echoes-stacks'
  | 'echoes-the-secret'

export interface HandWritten {
  readonly url: URL
  /** The same, set up for SHA-512. */
  readonly otherUrl: URL
  readonly probe: URL
}

/** Longer than PRESS waits. */
const SLOW_MS = 600
const LATE_MS = 300
const EXPRESS_LIMIT_BYTES = 102_400

class Refusal extends Error {
  readonly status: number
  constructor(status: number) {
    super(status === 401 ? 'Invalid signature' : `refused with ${status}`)
    this.status = status
  }
}

/** A receiver as somebody might write it, on Node.js alone. Closed when the test is over. */
export async function handWritten(
  provider: ProviderName,
  mistake?: Mistake,
  tls?: ServerOptions,
): Promise<HandWritten> {
  const receive = receiver(provider, mistake)
  const server = tls === undefined ? createServer(receive) : createSecureServer(tls, receive)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const origin = `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${(server.address() as AddressInfo).port}`
  const at = (path: string) => new URL(path, origin)
  return { url: at('/hook'), otherUrl: at('/hook?sha512'), probe: at('/probe') }
}

function receiver(provider: ProviderName, mistake: Mistake | undefined): RequestListener {
  const dialect = DIALECTS[provider]
  const [recorded, handled] = [new Map<string, number>(), new Map<string, number>()]
  const [nonces, seen] = [new Set<string>(), new Set<string>()]

  async function receive(request: IncomingMessage): Promise<() => unknown> {
    const headerOf = (name = '') => String(request.headers[name] ?? '')
    if (request.method !== 'POST' && mistake !== 'takes-get') throw new Refusal(405)
    if (mistake === 'one-content-type' && headerOf('content-type') !== dialect.contentType)
      throw new Refusal(415)
    const body = Buffer.concat(await request.toArray())
    if (mistake === 'small-limit' && body.length > EXPRESS_LIMIT_BYTES) throw new Refusal(413)

    const isOther = request.url?.endsWith('?sha512') && mistake !== 'one-algorithm'
    const timestamp = headerOf(dialect.timestamp)
    const signed = mistake === 'signs-parsed-body' ? JSON.stringify(parsed(body)) : body
    const expected = Buffer.from(dialect.sign(signed, timestamp, isOther ? 'sha512' : 'sha256'))
    let given = Buffer.from(headerOf(dialect.signature))
    if (given.length !== expected.length && mistake === 'throws-at-short-signatures')
      throw new RangeError('Input buffers must have the same byte length')
    const beginning = mistake === 'compares-beginnings' ? 16 : Number.POSITIVE_INFINITY
    if (given.length > 0 && given.subarray(0, beginning).equals(expected.subarray(0, beginning)))
      given = expected
    const matches = given.length === expected.length && timingSafeEqual(given, expected)
    if (!matches && mistake !== 'no-signature-check') throw new Refusal(401)
    const ageSeconds = Math.abs(Date.now() / 1_000 - Number(timestamp))
    const isFresh = timestamp !== '' && ageSeconds <= (mistake === 'allows-six-minutes' ? 360 : 300)
    if (dialect.timestamp !== undefined && !isFresh && mistake !== 'no-stale-check') throw new Refusal(401)

    const value = parsed(body)
    if (typeof value !== 'object' || value === null) throw new Refusal(400)
    if (mistake === 'fails-at-new-fields' && !isKnown(value, dialect.fields)) throw new TypeError('new field')
    if (mistake === 'refuses-new-types' && !dialect.types.includes(dialect.typeOf(value)))
      throw new Refusal(400)
    if (mistake === 'refuses-a-type' && dialect.typeOf(value) === dialect.types.at(-1)) throw new Refusal(400)
    if (mistake === 'refuses-cloud-events' && value.type !== undefined) throw new Refusal(400)
    const id = dialect.idOf(value)
    const isDuplicate = id !== undefined && seen.has(id)
    const nonce = headerOf(dialect.nonce)
    if (dialect.nonce !== undefined && mistake !== 'no-nonce-check') {
      if (nonce === '' || (nonces.has(nonce) && !isDuplicate)) throw new Refusal(401)
      nonces.add(nonce)
    }
    if (isDuplicate && mistake !== 'handles-duplicates') return () => {}
    return take(id)
  }

  /** Records, and gives what is to be done after the reply. */
  async function take(id = ''): Promise<() => unknown> {
    if (mistake === 'looks-then-inserts') await delay(20)
    seen.add(id)
    if (mistake === 'records-after-the-reply') {
      return async () => {
        await delay(LATE_MS)
        count(recorded, id)
        count(handled, id)
      }
    }
    count(recorded, id)
    if (mistake !== 'replies-after-the-handler') return () => count(handled, id)
    await delay(SLOW_MS)
    count(handled, id)
    return () => {}
  }

  return async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost')
    if (url.pathname === '/probe') {
      const id = url.searchParams.get('id') ?? ''
      response.end(JSON.stringify({ recorded: recorded.get(id) ?? 0, handled: handled.get(id) ?? 0 }))
      return
    }
    if (mistake === 'redirects') return void response.writeHead(308, { Location: '/hook/' }).end()
    if (mistake === 'challenges')
      return void response.writeHead(401, { 'WWW-Authenticate': 'Basic realm="staging"' }).end()
    if (mistake === 'clock-is-off') response.setHeader('Date', new Date(Date.now() - 60_000).toUTCString())
    try {
      const afterwards = await receive(request)
      response.writeHead(mistake === 'answers-202' ? 202 : mistake === 'answers-204' ? 204 : 200).end()
      await afterwards()
    } catch (error) {
      const { stack, message } = error as Error
      response.writeHead(error instanceof Refusal ? error.status : 500)
      if (mistake === 'echoes-the-secret') response.write(secrets[provider])
      response.end(mistake === 'echoes-stacks' ? stack : message)
    }
  }
}

function parsed(body: Buffer): Value {
  try {
    return JSON.parse(body.toString())
  } catch {
    throw new Refusal(400)
  }
}

const count = (counts: Map<string, number>, id: string) => counts.set(id, (counts.get(id) ?? 0) + 1)

function isKnown(value: Value, fields: readonly string[]): boolean {
  if (typeof value !== 'object' || value === null) return true
  if (Array.isArray(value)) return value.every((each) => isKnown(each, fields))
  return Object.entries(value).every(([name, member]) => fields.includes(name) && isKnown(member, fields))
}
