import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it } from 'vitest'
import { parseBinary, parseCloudEvents } from '../src/cloud-events/index.ts'
import { deliveryOf } from './delivery-of.ts'
import { encodeHeaderValue } from './encode-header-value.ts'
import { refusal } from './refusal.ts'
import { minimal } from './vectors/cloud-events.ts'

const required = {
  'ce-specversion': '1.0',
  'ce-id': minimal.id,
  'ce-source': minimal.source,
  'ce-type': minimal.type,
}

const delivery = (headers: Record<string, string | undefined>, body: string | Uint8Array = '') =>
  deliveryOf({ ...required, ...headers }, body)

describe('attributes in headers', () => {
  it('are strings, extensions included', () => {
    const headers = {
      'ce-subject': 's',
      'ce-time': '2026-03-30T12:45:00Z',
      'ce-dataschema': 'urn:a:b',
      'ce-sampled': 'true',
      'ce-count': '5',
      'ce-empty': '',
    }
    expect(parseBinary(delivery({ ...headers, 'x-webhook-id': 'a', host: 'b' }))).toStrictEqual({
      ...minimal,
      subject: 's',
      time: '2026-03-30T12:45:00Z',
      dataschema: 'urn:a:b',
      sampled: 'true',
      count: '5',
      empty: '',
    })
  })

  it('are those of the specification when the names of the headers are not known', () => {
    const { header, body } = delivery({ 'ce-subject': 's', 'ce-other': 'x' })
    expect(parseBinary({ header, body })).toStrictEqual({ ...minimal, subject: 's' })
  })

  it('are found whatever the case of the header', () => {
    expect(
      parseBinary({ ...delivery({}), headerNames: ['Ce-Id', 'CE-SOURCE', 'ce-type', 'Ce-Specversion'] }),
    ).toStrictEqual(minimal)
  })

  it.each([
    ...['ce-specversion', 'ce-id', 'ce-source', 'ce-type'].flatMap(
      (name): [string, string | undefined, string][] => [
        [name, undefined, `${name.slice(3)} is missing`],
        [name, '', `${name.slice(3)} is not`],
      ],
    ),
    ['ce-specversion', '0.3', 'specversion is not "1.0"'],
    ['ce-source', '%20', 'source is not'],
    ['ce-id', 'a%0Ab', 'id is not'],
    ['ce-id', '%00', 'id is not'],
    ['ce-id', '%EF%BF%BE', 'id is not'],
    ['ce-id', '100%', 'ce-id is not percent-encoded UTF-8'],
    ['ce-subject', '%C0%AF', 'ce-subject is not percent-encoded UTF-8'],
    ['ce-ext', '%C0%A0', 'the header of an extension attribute is not percent-encoded UTF-8'],
    ['ce-ext', 'é', 'the header of an extension attribute is not percent-encoded UTF-8'],
    ['ce-time', '2026-02-30T00:00:00Z', 'time is not'],
    ['ce-dataschema', 'v1', 'dataschema is not'],
    ['ce-datacontenttype', 'application/json', 'ce-datacontenttype is not allowed'],
    ['ce-data', 'x', 'ce-data is not allowed'],
    ['ce-data_base64', 'eA==', 'ce-data_base64 is not allowed'],
    ['ce-total_records', '1', 'the name of an attribute is not legal'],
    ['ce-my-name', '1', 'the name of an attribute is not legal'],
    ['ce-', '1', 'the name of an attribute is not legal'],
    ['ce-__proto__', '1', 'the name of an attribute is not legal'],
    ['content-type', 'json', 'datacontenttype is not a media type'],
    ['content-type', '', 'datacontenttype is not a media type'],
  ])('are refused with %s: %s', (name, value, reason) => {
    expect(refusal(() => parseBinary(delivery({ [name]: value }))).reason).toContain(reason)
  })
})

describe('data in the body', () => {
  const dataOf = (type: string | undefined, body: string | Uint8Array) =>
    parseBinary(delivery({ 'content-type': type }, body)).data

  it.each([
    'application/json',
    'APPLICATION/JSON',
    'application/vnd.press+json',
    'text/json',
    'application/json; charset=UTF-8',
    'application/json;charset="utf-8"',
    'application/json ; v=1',
  ])('is JSON under %s', (type) => {
    expect(dataOf(type, '{"caseId":1998600000000026050}')).toEqual({ caseId: '1998600000000026050' })
    expect(parseBinary(delivery({ 'content-type': type })).datacontenttype).toBe(type)
  })

  it.each([
    undefined,
    'text/plain',
    'application/octet-stream',
    'application/jsonl',
    'application/json-seq',
    'application/xml; of=json',
  ])('is bytes under %s', (type) => {
    expect(dataOf(type, '{"a":1}')).toStrictEqual(Buffer.from('{"a":1}'))
    expect(dataOf(type, Buffer.of(0xff, 0))).toStrictEqual(Buffer.of(0xff, 0))
  })

  it('is absent when the body is empty, and may be null', () => {
    expect(parseBinary(delivery({ 'content-type': 'application/json' }))).not.toHaveProperty('data')
    expect(dataOf('application/json', 'null')).toBe(null)
  })

  it('is refused when it is not the JSON that it claims to be', () => {
    expect(refusal(() => dataOf('application/json', '{')).code).toBe('body-not-json')
    expect(refusal(() => dataOf('application/json', Buffer.of(0x22, 0xe9, 0x22))).code).toBe('body-not-json')
    expect(refusal(() => dataOf('application/json; charset=iso-8859-1', '1')).reason).toContain('charset')
    expect(refusal(() => dataOf('application/json; charset=utf-16', '1')).reason).toContain('charset')
  })

  it('comes from the JSON that the delivery has parsed already', () => {
    const parsed = { already: true }
    const headers = { 'content-type': 'application/json' }
    expect(parseBinary({ ...delivery(headers, '{}'), json: () => parsed }).data).toBe(parsed)
  })
})

describe('over a socket', () => {
  it('reads what Node.js receives: an Arabic name, an extension, a body', async () => {
    const server = createServer(async (incoming, outgoing) => {
      const chunks: Buffer[] = []
      for await (const chunk of incoming) chunks.push(chunk)
      const parsed = parseCloudEvents({
        header: (name) => incoming.headers[name]?.toString(),
        headerNames: incoming.rawHeaders.filter((_, index) => index % 2 === 0),
        body: Buffer.concat(chunks),
      })
      outgoing.end(JSON.stringify(parsed))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const subject = 'فاطمة "الزهراء" 100% 😀'
    const text = await new Promise<string>((resolve, reject) => {
      const headers = {
        ...required,
        'CE-Subject': encodeHeaderValue(subject),
        'Ce-Region': 'AE',
        'Content-Type': 'application/json; charset=UTF-8',
      }
      const outgoing = request({ port, method: 'POST', headers }, async (reply) => {
        let received = ''
        for await (const chunk of reply.setEncoding('utf8')) received += chunk
        resolve(received)
      })
      outgoing.on('error', reject)
      outgoing.end('{"uaekyc_id":34890890}')
    }).finally(() => server.close())
    expect(JSON.parse(text)).toEqual({
      mode: 'binary',
      events: [
        {
          ...minimal,
          subject,
          region: 'AE',
          datacontenttype: 'application/json; charset=UTF-8',
          data: { uaekyc_id: 34890890 },
        },
      ],
    })
  })
})
