import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener } from 'node:http'
import { createServer as createSecureServer, type ServerOptions } from 'node:https'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { gunzipSync } from 'node:zlib'
import { onTestFinished } from 'vitest'
import type { ProviderName } from '../../../src/providers.ts'
import { secrets } from '../../support/secrets.ts'
import { DIALECTS, type Value } from './dialects.ts'
import type { Mistake } from './mistake.ts'
import { isFresh, proves } from './proof.ts'

export interface HandWritten {
  readonly url: URL
  /** The same, set up for SHA-512. */
  readonly otherUrl: URL
  readonly probe: URL
}

/** Longer than PRESS waits. */
const SLOW_MS = 600
const LATE_MS = 300
const TIMER_MS = 50
const LIMIT_BYTES = 1_048_576
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
    if (Number(headerOf('content-length')) > LIMIT_BYTES && mistake !== 'has-no-limit') throw new Refusal(413)
    if (mistake === 'waits-for-a-parsed-body') await request.toArray()
    if (mistake === 'waits-for-a-parsed-body') await once(request, 'data')
    const came = Buffer.concat(await request.toArray())
    const body = mistake === 'inflates' && headerOf('content-encoding') === 'gzip' ? gunzipSync(came) : came
    if (mistake === 'small-limit' && body.length > EXPRESS_LIMIT_BYTES) throw new Refusal(413)

    const isOther = request.url?.endsWith('?sha512') && mistake !== 'one-algorithm'
    const proof = { dialect, mistake, headerOf, algorithm: isOther ? 'sha512' : 'sha256' }
    const isGenuine = proves(proof, body)
    if (!isGenuine && mistake === 'hangs-at-forgeries') return new Promise(() => {})
    const isTest = mistake === 'answers-tests-unverified' && body.includes('"event":"test"')
    if (!isGenuine && !isTest) throw new Refusal(401)
    if (dialect.timestamp !== undefined && !isFresh(proof)) throw new Refusal(401)

    const value = parsed(body)
    if (typeof value !== 'object' || value === null) throw new Refusal(400)
    if (mistake === 'fails-at-new-fields' && !isKnown(value, dialect.fields)) throw new TypeError('new field')
    if (mistake === 'refuses-new-types' && !dialect.types.includes(dialect.typeOf(value)))
      throw new Refusal(400)
    if (mistake === 'refuses-a-type' && dialect.typeOf(value) === dialect.types.at(-1)) throw new Refusal(400)
    if (mistake === 'refuses-cloud-events' && value.type !== undefined) throw new Refusal(400)
    const id = mistake === 'goes-by-the-header-for-ids' ? headerOf('x-webhook-id') : dialect.idOf(value)
    // Every object has a `constructor`, which is called without `new` here.
    if (mistake === 'looks-types-up-in-an-object' && dialect.typeOf(value) in {})
      throw new TypeError('no handler')
    const isDuplicate = id !== undefined && seen.has(id)
    const nonce = headerOf(dialect.nonce)
    if (dialect.nonce !== undefined && mistake !== 'no-nonce-check') {
      if (nonce === '' || (nonces.has(nonce) && !isDuplicate)) throw new Refusal(401)
      nonces.add(nonce)
    }
    if (isDuplicate && mistake !== 'handles-duplicates') return () => {}
    return take(dialect.idOf(value), id)
  }

  /** Records, and gives what is to be done after the reply. */
  async function take(id = '', known = id): Promise<() => unknown> {
    if (mistake === 'looks-then-inserts') await delay(20)
    seen.add(known)
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
    if (mistake === 'replies-by-a-timer') setTimeout(() => response.headersSent || response.end(), TIMER_MS)
    try {
      const afterwards = await receive(request)
      if (!response.headersSent)
        response.writeHead(mistake === 'answers-202' ? 202 : mistake === 'answers-204' ? 204 : 200).end()
      await afterwards()
    } catch (error) {
      const { stack, message } = error as Error
      if (response.headersSent) return
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
