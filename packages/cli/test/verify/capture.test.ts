import { expect, test } from 'vitest'
import { UsageError } from '../../src/exit.ts'
import { parseHeaders, parseMessage } from '../../src/verify/capture.ts'

test.each([
  ['CRLF', 'POST /webhooks/press HTTP/1.1\r\nHost: x\r\nA:  b c \r\n\r\n{"a":1}\r\n'],
  ['LF', 'POST /webhooks/press HTTP/1.1\nHost: x\nA:  b c \n\n{"a":1}\r\n'],
  ['no request line', 'Host: x\r\nA: b c\r\n\r\n{"a":1}\r\n'],
])('a message with %s: headers as they are, the body to the last byte', (_, text) => {
  const { rawHeaders, body } = parseMessage(Buffer.from(text))
  expect(rawHeaders).toEqual(['Host', 'x', 'A', 'b c'])
  expect(body.toString()).toBe('{"a":1}\r\n')
})

test('a body may hold blank lines and bytes that are no text; a header may come twice', () => {
  const body = Buffer.from([0xff, 0x0d, 0x0a, 0x0d, 0x0a, 0x00])
  const message = Buffer.concat([Buffer.from('A: 1\r\na: 2\r\n\r\n'), body])
  expect(parseMessage(message)).toEqual({ rawHeaders: ['A', '1', 'a', '2'], body })
})

test('what is no message is refused, without a word of it', () => {
  for (const text of ['whsec_pasted-by-mistake', 'A: b', 'whsec_pasted-by-mistake\n\n']) {
    expect(() => parseMessage(Buffer.from(text))).toThrow(UsageError)
    expect(() => parseMessage(Buffer.from(text))).not.toThrow(/pasted/)
  }
  expect(() => parseHeaders(['A: b', 'no colon'])).toThrow('header line 2')
})

test('the byte order mark of an editor is none of the headers; UTF-16 is told', () => {
  const text = 'A: 1\r\n\r\n\ufeffbody'
  expect(parseMessage(Buffer.from(`\ufeff${text}`))).toEqual(parseMessage(Buffer.from(text)))
  const wide = Buffer.from(`\ufeff${text}`, 'utf16le')
  for (const message of [wide, Buffer.from(wide).swap16()])
    expect(() => parseMessage(message)).toThrow(/UTF-16/)
})

test('headers that no server takes are refused: each would be looked through again and again', () => {
  const message = Buffer.from(`${'X-Webhook-Timestamp: 1\r\n'.repeat(20_000)}\r\n`)
  expect(() => parseMessage(message)).toThrow('larger than 65536 bytes')
})
