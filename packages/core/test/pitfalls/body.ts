import { createHmac } from 'node:crypto'
import { buffer } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { press } from '../../src/providers/press.ts'
import { uip } from '../../src/providers/uip.ts'
import { eventually } from '../support/eventually.ts'
import { codeOf } from '../support/receiving.ts'
import { answering, headOf, serving } from '../support/serving.ts'
import { SECRETS, signedPress, signedUip, withHeaders } from '../support/signed.ts'
import { pressEnvelope, uipIdentify } from '../vectors/documented.ts'

describe('pitfall 1: a body parser ran first', () => {
  it.each([
    ['left what it parsed', JSON.parse],
    ['left text', (text: string) => text],
    ['left nothing', () => undefined],
  ])('and %s: an immediate 500 whose log names the line to move', async (_, parse) => {
    const { post, handled, log } = await serving(press(), {}, async (req) => {
      req.body = parse(String(await buffer(req)))
      // The trap: from here on a reader that waits for `data` or `end` waits for ever.
      expect(req.readableEnded).toBe(true)
    })
    const startedAt = performance.now()
    const answer = await post(signedPress(pressEnvelope))
    expect([answer.status, codeOf(answer)]).toEqual([500, 'body-consumed'])
    expect(performance.now() - startedAt).toBeLessThan(1_000)
    expect(log.where({ code: 'body-consumed' })).toMatchObject([{ detail: 'move express.json() behind it' }])
    expect(await handled()).toEqual([])
  })

  it('and left the bytes: they are used', async () => {
    const { post } = await serving(press(), {}, async (req) => {
      req.body = await buffer(req)
    })
    expect((await post(signedPress(pressEnvelope))).status).toBe(200)
  })
})

describe('pitfall 2: a 2xx from a timer', () => {
  it('a slow forged body gets no answer before it is all there, and then a 401', async () => {
    const { connect } = await serving(press(), { budgetMs: 20 })
    const { headers, body } = signedPress(pressEnvelope, { secret: 'whsec_of-somebody-else--' })
    const socket = await connect()
    const answer = answering(socket)
    socket.write(headOf({ headers, body }, `Content-Length: ${body.length}`))
    socket.write(body.subarray(0, 40))
    await sleep(150)
    expect(answer.text()).toBe('')
    socket.write(body.subarray(40))
    await eventually(answer.status).toBe(401)
  })
})

describe('pitfall 3: an HMAC over anything but the bytes', () => {
  const bodies: [string, Buffer][] = [
    ['a BOM', Buffer.from('\ufeff{"event":"test","data":{}}')],
    ['1.0', Buffer.from('{"event":"test","data":{"n":1.0}}')],
    ['\\u escapes', Buffer.from('{"event":"test","data":{"n":"\\u00e9"}}')],
    ['odd spacing', Buffer.from('{ "event":"test",\r\n\t"data" : {} }\n')],
    ['bytes that are not UTF-8', Buffer.from('{"event":"test","data":{"n":"\xff"}}', 'latin1')],
  ]
  const signedText = (text: string | Buffer) => createHmac('sha256', SECRETS.uip).update(text).digest('hex')

  it.each(bodies)(
    '%s: what signs the bytes is authentic, what signs their text or its JSON is not',
    async (_, body) => {
      const decoded = new TextDecoder().decode(body)
      const others = [decoded, JSON.stringify(JSON.parse(decoded))].filter(
        (text) => !Buffer.from(text).equals(body),
      )
      // The trap: at least one other reading of these bytes has another signature.
      expect(others).not.toEqual([])
      const { post } = await serving(uip())
      const genuine = await post(signedUip(body))
      expect(genuine.status === 200 ? 'accepted' : codeOf(genuine)).toMatch(/accepted|body-not-json/)
      for (const text of others) {
        const forged = withHeaders(signedUip(body), { 'X-UIP-Signature': signedText(text) })
        expect(codeOf(await post(forged))).toBe('signature-mismatch')
      }
    },
  )
})

describe('pitfall 4: no limit, or a body cut at the limit', () => {
  it('20 MB are refused by their declared length, before they are sent', async () => {
    const { connect } = await serving(press())
    const socket = await connect()
    const answer = answering(socket)
    socket.write(headOf(signedPress(pressEnvelope), 'Content-Length: 20000000'))
    await eventually(answer.status).toBe(413)
  })

  it('a chunked body is refused at the limit, not cut: its beginning may be rightly signed', async () => {
    const { connect, handled } = await serving(press(), { maxBodyBytes: 1_000 })
    const delivery = signedPress(pressEnvelope)
    const socket = await connect()
    const answer = answering(socket)
    socket.write(headOf(delivery, 'Transfer-Encoding: chunked'))
    for (const chunk of [delivery.body, Buffer.alloc(1_000, ' ')]) {
      socket.write(`${chunk.length.toString(16)}\r\n`)
      socket.write(Buffer.concat([chunk, Buffer.from('\r\n')]))
    }
    await eventually(answer.status).toBe(413)
    expect(await handled()).toEqual([])
  })

  it('a body that ends before its declared length is not taken for whole', async () => {
    const { connect, handled, log } = await serving(press())
    const delivery = signedPress(pressEnvelope)
    const socket = await connect()
    socket.write(headOf(delivery, `Content-Length: ${delivery.body.length + 1}`))
    socket.end(delivery.body)
    await eventually(() => log.where({ code: 'body-incomplete' })).toHaveLength(1)
    expect(await handled()).toEqual([])
  })
})

it('pitfall 5: compressed bodies are refused, whichever bytes were signed', async () => {
  const { post } = await serving(press())
  const plain = Buffer.from(JSON.stringify(pressEnvelope))
  const packed = gzipSync(plain)
  const headers = { 'Content-Encoding': 'gzip' }
  for (const delivery of [
    signedPress(packed, { headers }),
    { ...signedPress(plain, { headers }), body: packed },
  ]) {
    const answer = await post(delivery)
    expect([answer.status, codeOf(answer)]).toEqual([415, 'encoding-not-supported'])
  }
})

it('pitfall 6: replacement patterns in a body change nothing', async () => {
  const { post, handled } = await serving(press())
  const patterns = "$& $$ $1 $` $' {body} %s"
  // The trap: a signed string made from a template has other bytes.
  expect('{timestamp}.{body}'.replace('{body}', patterns)).not.toContain(patterns)
  const records = [{ event_id: 'e', patterns }]
  expect((await post(signedPress({ ...pressEnvelope, data: [{ type: 't', records }] }))).status).toBe(200)
  expect(await handled()).toMatchObject([{ data: { patterns } }])
})

describe('pitfall 7: JSON', () => {
  it('integers beyond 2^53 arrive exact, __proto__ as a field, of a repeated key the last', async () => {
    const { post, handled } = await serving(uip())
    const body = '\ufeff{"event":"x","data":{"n":1998600000000026051,"__proto__":{"a":1},"k":1,"k":2}}'
    expect(JSON.parse('1998600000000026051')).toBe(1998600000000026000)
    expect((await post(signedUip(body))).status).toBe(200)
    const [event] = await handled()
    expect(JSON.stringify(event?.data)).toBe('{"n":"1998600000000026051","__proto__":{"a":1},"k":2}')
  })

  it.each([
    ['nested too deeply', '['.repeat(5_000) + ']'.repeat(5_000), 'body-too-deep'],
    ['that cannot be parsed', JSON.stringify(uipIdentify).slice(0, -1), 'body-not-json'],
  ])('a body %s is said to be so, and kept', async (_, body, code) => {
    const { post, inbox } = await serving(uip())
    const answer = await post(signedUip(body))
    expect([answer.status, codeOf(answer)]).toEqual([400, code])
    expect(await inbox.quarantined()).toMatchObject([{ reason: code }])
  })
})
