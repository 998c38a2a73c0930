import type { RefusalCode } from '@kyc-webhooks/core'

/** A body of a PRESS delivery that survives only if nobody decodes, parses or writes it anew before it is hashed. */
export interface BodyVector {
  name: string
  body: Uint8Array
  /** What its correctly signed delivery comes to: accepted, or refused for this reason and kept in quarantine. Never a 401. */
  outcome: 'accepted' | RefusalCode
}

/** The record that a vector carries, as JSON text. */
const envelope = (record: string): string =>
  `{"specversion":"1.0","id":"vector","source":"s","data":[{"type":"t","records":[${record}]}]}`

const utf8 = (text: string): Uint8Array => new Uint8Array(Buffer.from(text))
const accepted = (name: string, text: string): BodyVector => ({ name, body: utf8(text), outcome: 'accepted' })
const refused = (name: string, body: Uint8Array | string, outcome: RefusalCode): BodyVector => ({
  name,
  body: typeof body === 'string' ? utf8(body) : body,
  outcome,
})

export const bodyVectors: readonly BodyVector[] = [
  accepted('compact', envelope('{"uaekyc_id":34890890}')),
  accepted('odd spacing', envelope(' { "uaekyc_id"  :34890890 ,"a":[ 1,2 ,3 ]  } ')),
  accepted('CRLF and tabs', envelope('{\r\n\t"uaekyc_id":\t34890890\r\n}')),
  accepted('a trailing newline', `${envelope('{}')}\n`),
  accepted('numbers in other forms', envelope('{"a":1.0,"b":1e2,"c":-0,"d":1E+2,"e":0.10}')),
  accepted(
    'numbers beyond 2^53',
    envelope('{"caseId":1998600000000026050,"b":1e400,"c":0.1000000000000000055}'),
  ),
  accepted('escapes that need none', envelope('{"name":"\\u00e9\\u0041\\/\\u2028"}')),
  accepted('characters that some escape', envelope('{"name":"é e\u0301 \u2028\u2029 😀 </script> \x7f"}')),
  accepted('half a surrogate pair', envelope('{"name":"\\ud800"}')),
  accepted('patterns of String.replace', envelope('{"price":"$& $$ $1 $` $\' {body}"}')),
  accepted('a byte order mark', `\uFEFF${envelope('{}')}`),
  accepted(
    'names of Object.prototype',
    envelope('{"__proto__":{"x":1},"constructor":{"prototype":{"x":1}}}'),
  ),
  accepted('a repeated key', envelope('{"a":1,"a":2}')),
  accepted('200 KB', envelope(`{"a":"${'é'.repeat(100_000)}"}`)),
  refused('no bytes', '', 'body-not-json'),
  refused('only white space', ' \r\n', 'body-not-json'),
  refused('JSON that breaks off', envelope('{}').slice(0, -1), 'body-not-json'),
  refused('a raw NUL', envelope('{"a":"\0"}'), 'body-not-json'),
  refused(
    'invalid UTF-8',
    new Uint8Array(Buffer.from(envelope('{"name":"caf\xe9"}'), 'latin1')),
    'body-not-json',
  ),
  refused('UTF-16', new Uint8Array(Buffer.from(envelope('{}'), 'utf16le')), 'body-not-json'),
  refused('a hundred levels', envelope(`{"a":${'['.repeat(100)}${']'.repeat(100)}}`), 'body-too-deep'),
  refused('a hundred thousand levels', '['.repeat(100_000), 'body-too-deep'),
  refused('null', 'null', 'body-unusable'),
  refused('a form', 'payload=%7B%7D', 'body-not-json'),
]
