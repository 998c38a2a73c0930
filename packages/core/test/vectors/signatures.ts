/**
 * Known answers, worked out once by two implementations that are not ours, which agreed: `openssl dgst -hmac` (3.x) and
 * Python's `hmac`. They are literals on purpose: a helper that signs like the code under test would share its mistakes.
 */
import { SECRETS, TIMESTAMP } from '../support/signed.ts'

export interface SignatureVector {
  readonly secret: string
  readonly timestamp: string
  readonly body: string
  readonly signature: string
}

const pressBody =
  '{"specversion":"1.0","id":"01JW4KR9TBMZ38EYN8N9THKKBC","source":"icp/press-event-pipeline","time":"2026-03-30T12:45:00.000Z","total_records":1,"data":[{"type":"ae.uaekyc.icp.immigration_entry.v1","records":[{"event_id":"evt-imm-entry-999","uaekyc_id":34890890,"event_ts":"2026-03-30T12:40:00.000Z"}]}]}'

const press = { secret: SECRETS.press, timestamp: '1774874700', body: pressBody }

/** HMAC-SHA256 of `1774874700.<body>`, with each reading of what the key is. */
export const pressVectors: Readonly<Record<'whole' | 'unprefixed' | 'unprefixed-base64', SignatureVector>> = {
  whole: { ...press, signature: 'b2462b366085e21e12e97a636f28b1e729ed7f31900c8f79067ad20c742585e7' },
  unprefixed: { ...press, signature: '25354e355675c39acb587c70324ead42777cf4123079fa8d795e3bda58322803' },
  'unprefixed-base64': {
    ...press,
    signature: '93d0c1e6ef14fc121c3c3dd3f984590480127e14431405a7a525dfda62206141',
  },
}

export const uipBody: SignatureVector = {
  secret: SECRETS.uip,
  timestamp: TIMESTAMP,
  body: '{"event":"identify","data":{"uip_id":"user_abc123def456","audit_id":"audit_9z8y7x6w5v4u","session_id":"sess_1a2b3c4d5e6f","name":"John Doe","date_of_birth":"1990-05-15","country_of_origin":"US"}}',
  signature: '8c2b7ade00f1a318dfd4156b3552aa87408a603f1e08d34a33e03879646ab164',
}

/** HMAC-SHA256 of `1774874700.<body>`. */
export const uipTimestamped: SignatureVector = {
  secret: SECRETS.uip,
  timestamp: '1774874700',
  body: '{"event":"step.completed","data":{"session_id":"sess_abc123","stage":0,"primitive":"identify","audit_id":"audit_9z8y7x6w5v4u"}}',
  signature: 'a81098817cbf306f220a5d1ce0aad5bd79f8b5e722bf82cc20ff49c7aecaff86',
}

/** The secret decodes to `shared secret from the ACMP console`. */
const advanceAi = {
  secret: SECRETS['advance-ai'],
  timestamp: TIMESTAMP,
  body: '{"eventId":"3f0c8a52-7d5e-4d38-9a3e-2b8a4b6f1c70","eventType":"AML_OGS_UPDATE","data":{"profileId":"PF_R5BoIxxxxxxxxxxQnnNVqi","caseId":1998600000000026050,"alertId":2001680000000082882,"numberOfNewResults":0,"numberOfUpdatedResults":1}}',
}
export const advanceAiVectors: Readonly<Record<'sha256' | 'sha512', SignatureVector>> = {
  sha256: { ...advanceAi, signature: '3DLM8LjF8k06EV8b8K1CoHfuAPwm4RUkCiOib+hLATE=' },
  sha512: {
    ...advanceAi,
    signature: 'vHy7uW2B1cOdeg/vtkgVT0p4J7Z4ZKGT5nQyR38grjJPrh7IE+/dWEohzaqtdJytJSWpliMeQgUF6gYHpJNWDw==',
  },
}

/** HMAC-SHA256 under UIP's secret of bytes that no JSON library would write again: a BOM, tabs, `1.0`, `$&`; and of bytes that are not UTF-8. */
export const oddBytes: Readonly<Record<string, { hex: string; signature: string }>> = {
  'a BOM, CRLF, 1.0, an escape and replacement patterns': {
    hex: 'efbbbf7b20226122203a20312e302c0d0a09226e223a225c753030653920c3a9202426202424207b626f64797d22207d0a',
    signature: '88b0df21fdce3354a6bfb7d2ba6118e9b70b002e64a9744983e6cbbc595a4ab4',
  },
  'bytes that are not UTF-8': {
    hex: Buffer.from('{"event":"test","data":{"pong":"\xff\xfe"}}', 'latin1').toString('hex'),
    signature: '1a3a6c7005a0bf1fa70bd081b1742e2a739e487bae5625b796b3f00812cde12f',
  },
}

/** RFC 4231, test cases 1 to 4, 6 and 7. */
export const rfc4231: readonly { key: string; data: string; sha256: string; sha512: string }[] = [
  {
    key: '0b'.repeat(20),
    data: Buffer.from('Hi There').toString('hex'),
    sha256: 'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7',
    sha512:
      '87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cdedaa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854',
  },
  {
    key: Buffer.from('Jefe').toString('hex'),
    data: Buffer.from('what do ya want for nothing?').toString('hex'),
    sha256: '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    sha512:
      '164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737',
  },
  {
    key: 'aa'.repeat(20),
    data: 'dd'.repeat(50),
    sha256: '773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe',
    sha512:
      'fa73b0089d56a284efb0f0756c890be9b1b5dbdd8ee81a3655f83e33b2279d39bf3e848279a722c806b485a47e67c807b946a337bee8942674278859e13292fb',
  },
  {
    key: '0102030405060708090a0b0c0d0e0f10111213141516171819',
    data: 'cd'.repeat(50),
    sha256: '82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b',
    sha512:
      'b0ba465637458c6990e5a8c5f61d4af7e576d97ff94b872de76f8050361ee3dba91ca5c11aa25eb4d679275cc5788063a5f19741120c4f2de2adebeb10a298dd',
  },
  {
    key: 'aa'.repeat(131),
    data: Buffer.from('Test Using Larger Than Block-Size Key - Hash Key First').toString('hex'),
    sha256: '60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54',
    sha512:
      '80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f3526b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598',
  },
  {
    key: 'aa'.repeat(131),
    data: Buffer.from(
      'This is a test using a larger than block-size key and a larger than block-size data. The key needs to be hashed before being used by the HMAC algorithm.',
    ).toString('hex'),
    sha256: '9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2',
    sha512:
      'e37b6a775dc87dbaa4dfa9f96e5e3ffddebd71f8867289865df5a32d20cdc944b6022cac3c4982b10d5eeb55c3e4de15134676fb6de0446065c97440fa8c6a58',
  },
]
