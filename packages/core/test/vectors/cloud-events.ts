import type { CloudEvent } from '../../src/cloud-events/index.ts'

/** The least that an event has. Tables give what differs; `undefined` takes an attribute away. */
export const minimal: CloudEvent = {
  specversion: '1.0',
  id: 'evt-imm-entry-999',
  source: 'icp/press-event-pipeline',
  type: 'ae.uaekyc.icp.immigration_entry.v1',
}

type Changes = Readonly<Record<string, unknown>>

/** What an event may look like in JSON. */
export const validChanges: readonly [what: string, changes: Changes][] = [
  ['the required attributes', {}],
  ['an absolute source', { source: 'https://press.example.ae/events?v=1#a' }],
  ['a source that is a fragment', { source: '#stream-7' }],
  ['a source that is a URN', { source: 'urn:uuid:0f9a3c2e-8a43-4d5e-9a3b-1f2f3c4d5e6f' }],
  ['a source that is a phone number', { source: '1-555-123-4567' }],
  [
    'all optional attributes',
    {
      subject: 'resident/784-1990-1234567-1',
      time: '2026-03-30T12:45:00.000Z',
      datacontenttype: 'application/json',
      dataschema: 'https://press.example.ae/schema/v1?strict',
    },
  ],
  ['time to the nanosecond', { time: '2026-03-30T12:45:00.123456789Z' }],
  ['time east of Greenwich', { time: '2026-03-30T16:45:00+04:00' }],
  ['time west of Greenwich', { time: '2026-03-30T07:45:00-05:00' }],
  ['Arabic', { id: 'حدث-١', type: 'دخول', subject: 'فاطمة الزهراء' }],
  ['emoji', { subject: '😀' }],
  ['any length', { id: 'x'.repeat(10_000), averyveryveryverylongattributename: 'x'.repeat(10_000) }],
  ['a string as extension', { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' }],
  ['an empty string as extension', { region: '' }],
  ['a boolean as extension', { sampled: false }],
  ['integers as extensions', { low: -2147483648, zero: 0, high: 2147483647 }],
  ['names of methods as extensions', { constructor: 'a', tostring: 'b', valueof: 'c' }],
  ['a name of digits', { '7': 'seven' }],
  ['an object as data', { data: { uaekyc_id: 34890890 } }],
  ['null as data', { data: null }],
  ['false as data', { data: false }],
  ['an empty string as data', { data: '' }],
  ['JSON data under a +json type', { datacontenttype: 'application/vnd.press+json', data: [1] }],
  [
    'JSON data under a type with parameters',
    { datacontenttype: 'Application/JSON; Charset="UTF-8"', data: [1] },
  ],
  ['text as data', { datacontenttype: 'text/plain', data: 'مرحبا' }],
  ['a datacontenttype without data', { datacontenttype: 'application/xml' }],
]

/** What it may not look like, and what the refusal says. */
export const invalidChanges: readonly [what: string, changes: Changes, reason: string][] = [
  ...['specversion', 'id', 'source', 'type'].flatMap((name): [string, Changes, string][] => [
    [`no ${name}`, { [name]: undefined }, `${name} is missing`],
    [`${name} null`, { [name]: null }, `${name} is missing`],
    [`${name} empty`, { [name]: '' }, `${name} is not`],
    [`${name} a number`, { [name]: 25 }, `${name} is not`],
    [`${name} a boolean`, { [name]: true }, `${name} is not`],
    [`${name} an object`, { [name]: { $ne: null } }, `${name} is not`],
    [`${name} an array`, { [name]: ['1.0'] }, `${name} is not`],
  ]),
  ...['subject', 'time', 'datacontenttype', 'dataschema'].flatMap((name): [string, Changes, string][] => [
    [`${name} empty`, { [name]: '' }, `${name} is not`],
    [`${name} a number`, { [name]: 7 }, `${name} is not`],
    [`${name} an object`, { [name]: {} }, `${name} is not`],
  ]),
  ['specversion 0.3', { specversion: '0.3' }, 'specversion is not "1.0"'],
  ['specversion 1.0.2', { specversion: '1.0.2' }, 'specversion is not "1.0"'],
  ['specversion 1', { specversion: 1 }, 'specversion is not "1.0"'],
  ['a control character in id', { id: 'a\u0000b' }, 'id is not'],
  ['a line break in type', { type: 'a\nb' }, 'type is not'],
  ['a C1 control character in subject', { subject: 'a\u0085b' }, 'subject is not'],
  ['an unpaired surrogate in id', { id: '\ud83d' }, 'id is not'],
  ['a noncharacter in id', { id: '\ufffe' }, 'id is not'],
  ['a noncharacter beyond the BMP in id', { id: '\u{1ffff}' }, 'id is not'],
  ['a source with a space', { source: '/a b' }, 'source is not'],
  ['a source outside ASCII', { source: '/أحداث' }, 'source is not'],
  ['a time of garbage', { time: 'lunchtime' }, 'time is not'],
  ['a time without zone', { time: '2026-03-30T12:45:00' }, 'time is not'],
  ['a day that is not', { time: '2026-02-30T12:45:00Z' }, 'time is not'],
  ['a datacontenttype without subtype', { datacontenttype: 'json' }, 'datacontenttype is not'],
  ['a relative dataschema', { dataschema: '/schema' }, 'dataschema is not'],
  ['a dataschema with a fragment', { dataschema: 'https://press.example.ae/schema#v1' }, 'dataschema is not'],
  ['a capital in a name', { Region: 'x' }, 'the name of an attribute'],
  ['an underscore in a name', { total_records: 1 }, 'the name of an attribute'],
  ['a full stop in a name', { 'my.name': 'x' }, 'the name of an attribute'],
  ['a hyphen in a name', { 'my-name': 'x' }, 'the name of an attribute'],
  ['an Arabic name', { اسم: 'x' }, 'the name of an attribute'],
  ['an empty name', { '': 'x' }, 'the name of an attribute'],
  ['a name with a line break', { 'a\n': 'x' }, 'the name of an attribute'],
  ['a fraction as extension', { rate: 1.5 }, 'rate is not'],
  ['an integer beyond 32 bits', { big: 2147483648 }, 'big is not'],
  ['an integer below 32 bits', { big: -2147483649 }, 'big is not'],
  ['an object as extension', { extra: {} }, 'extra is not'],
  ['an array as extension', { extra: [] }, 'extra is not'],
  ['a control character in an extension', { extra: 'a\tb' }, 'extra is not'],
  [
    'a long name of a bad extension',
    { averyveryveryverylongattributename: [] },
    'an extension attribute is not',
  ],
  ['data and data_base64', { data: 'a', data_base64: 'YQ==' }, 'data and data_base64'],
  ['null as data, and data_base64', { data: null, data_base64: 'YQ==' }, 'data and data_base64'],
  ['an object under text/plain', { datacontenttype: 'text/plain', data: {} }, 'data is not a string'],
  ['null under text/plain', { datacontenttype: 'text/plain', data: null }, 'data is not a string'],
  ...['YQ', 'YQ=', 'YQ===', 'YR==', 'Y Q==', 'YQ==\n', '-_8=', 'é', 5, {}, true].map(
    (value): [string, Changes, string] => [
      `data_base64 of ${JSON.stringify(value)}`,
      { data_base64: value },
      'data_base64 is not Base64',
    ],
  ),
]
