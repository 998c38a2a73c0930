import { expect } from 'vitest'
import type { AdapterCase, AdapterFixture } from './adapter-case.ts'
import { PATH, sampleBody, signedHeaders } from './adapter-samples.ts'
import { rawHead } from './raw-connection.ts'
import { type BodyVector, bodyVectors } from './vectors.ts'

/** The bytes that are hashed are the bytes that were sent. */
export const bodyCases: readonly AdapterCase[] = [
  ...bodyVectors.map((vector) => ({
    name: `the bytes are hashed as they were sent: ${vector.name}`,
    run: (fixture: AdapterFixture) => expectOutcome(fixture, vector),
  })),
  {
    name: 'a body that arrives byte by byte, cut inside its characters',
    async run({ connect, handledUntil }) {
      const body = Buffer.from(`${Buffer.from(sampleBody()).toString().slice(0, -1)},"name":"é€😀"}`)
      const connection = connect()
      connection.write(rawHead('POST', PATH, [...signed(body), ['Content-Length', String(body.length)]]))
      await connection.trickle(body)
      expect((await connection.reply()).status).toBe(200)
      await handledUntil(1)
    },
  },
  {
    name: 'a chunked body, one byte a chunk, with extensions and a trailer',
    async run({ connect, handledUntil }) {
      const body = sampleBody()
      const connection = connect()
      connection.write(rawHead('POST', PATH, [...signed(body), ['Transfer-Encoding', 'chunked']]))
      for (const byte of body) connection.write(`1;a=b\r\n${String.fromCharCode(byte)}\r\n`)
      connection.write('0\r\nX-Webhook-Signature: nonsense\r\n\r\n')
      expect((await connection.reply()).status).toBe(200)
      await handledUntil(1)
    },
  },
  {
    name: 'one changed byte is a 401, and nothing is kept',
    async run({ send, logged, inbox, handled }) {
      const body = sampleBody()
      const headers = signedHeaders(body)
      const changed = body.map((byte, at) => (at === 40 ? byte ^ 1 : byte))
      expect((await send({ body: changed, headers })).status).toBe(401)
      await logged('signature-mismatch')
      expect(await kept(inbox)).toEqual([])
      expect(handled).toEqual([])
    },
  },
  {
    name: 'a body cut off behind a part whose signature is right is not taken for the whole',
    async run({ connect, logged, inbox, deliver }) {
      const part = sampleBody()
      for (const framing of [
        ['Content-Length', String(part.length + 2)] as const,
        ['Transfer-Encoding', 'chunked'] as const,
      ]) {
        for (const cut of ['end', 'reset'] as const) {
          const connection = connect()
          connection.write(rawHead('POST', PATH, [...signed(part), framing]))
          if (framing[1] === 'chunked') connection.write(`${part.length.toString(16)}\r\n`)
          connection.write(part)
          if (framing[1] === 'chunked') connection.write('\r\n')
          await new Promise((done) => setTimeout(done, 10))
          connection[cut]()
        }
      }
      await logged('body-incomplete')
      expect(await kept(inbox)).toEqual([])
      expect((await deliver(part)).status, 'the whole one').toBe(200)
    },
  },
]

async function expectOutcome(fixture: AdapterFixture, { body, outcome }: BodyVector): Promise<void> {
  const { status, text } = await fixture.deliver(body)
  if (outcome === 'accepted') {
    expect({ status, text }).toEqual({ status: 200, text: '{"status":"accepted"}' })
    await fixture.handledUntil(1)
  } else {
    expect({ status, code: JSON.parse(text).error?.code }).toEqual({ status: 400, code: outcome })
    const [row] = await fixture.inbox.quarantined()
    expect(Buffer.compare(row?.body ?? Buffer.from('nothing in quarantine'), body)).toBe(0)
  }
}

const signed = (body: Uint8Array) => Object.entries(signedHeaders(body))

const kept = async (inbox: AdapterFixture['inbox']) => [
  ...(await inbox.events()),
  ...(await inbox.quarantined()),
]
