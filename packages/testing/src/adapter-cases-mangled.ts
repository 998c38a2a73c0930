import { expect } from 'vitest'
import type { AdapterCase, AdapterFixture } from './adapter-case.ts'
import { expectUnharmed } from './adapter-harm.ts'
import type { RawConnection } from './raw-connection.ts'
import { rawDelivery } from './raw-request.ts'
import { type Chance, chanceOf } from './simulation/chance.ts'

/** How many are tried: `FUZZ_RUNS=100` for a hundred times as many. */
const RUNS = Math.ceil(1_000 * Number(process.env.FUZZ_RUNS ?? 1))
const AT_ONCE = 50

/** Bytes that parsers of HTTP have taken for something else, or for nothing. */
const BYTES = [...'\0\t\n\v\f\r ",:;=+-_/\\0xX{}[]\x7f\x85\xa0\xff']

/** Lines that say how long a body is, or what it is, in one way or another. */
const LINES = [
  ...['Content-Length: 0', 'Content-Length: 1000', 'content-length : 10', 'Content-Length:', ' 7'],
  ...['Transfer-Encoding: chunked', 'Transfer-Encoding:\tchunked', 'Transfer-Encoding: identity'],
  ...[
    'Content-Encoding: gzip',
    'Content_Length: 5',
    'Connection: close, Content-Length',
    'Connection: upgrade',
  ],
  ...[
    'Upgrade: h2c',
    'Expect: 100-continue',
    'Trailer: Content-Length',
    'Host: y',
    'X-HTTP-Method-Override: GET',
  ],
  ...[
    'X-Webhook-Timestamp: 1',
    'X-Webhook-Signature: 0',
    'Content-Type: multipart/form-data',
    ':path: /',
    '',
  ],
]

const splice = (text: string, at: number, count: number, put: string) =>
  text.slice(0, at) + put + text.slice(at + count)

/** One change of a head, whose lines end in CR and LF. */
const changes: readonly ((head: string, chance: Chance) => string)[] = [
  (head, chance) => splice(head, chance.between(0, head.length), 0, chance.oneOf(BYTES)),
  (head, chance) => splice(head, chance.between(0, head.length - 1), 1, chance.oneOf(BYTES)),
  (head, chance) => splice(head, chance.between(0, head.length - 1), 1, ''),
  (head, chance) =>
    ofLines(head, (lines) => lines.splice(chance.between(1, lines.length), 0, chance.oneOf(LINES))),
  (head, chance) => ofLines(head, (lines) => lines.splice(chance.between(0, lines.length - 1), 1)),
  (head, chance) => ofLines(head, (lines) => lines.push(chance.oneOf(lines.slice(1)))),
  (head, chance) =>
    ofLines(head, (lines) => lines.splice(1, 0, ...lines.splice(chance.between(1, lines.length - 1)))),
  (head, chance) =>
    replaceOne(head, chance, '\r\n', chance.oneOf(['\n', '\r', '\r\r\n', '\n\r', '\r\n\t', ''])),
  (head, chance) => replaceOne(head, chance, ': ', chance.oneOf([':', ' : ', ':\t', '=', ': \0', ':\r\n '])),
]

function ofLines(head: string, change: (lines: string[]) => unknown): string {
  const lines = head.split('\r\n')
  change(lines)
  return lines.join('\r\n')
}

function replaceOne(head: string, chance: Chance, from: string, to: string): string {
  const parts = head.split(from)
  const at = chance.between(1, parts.length - 1)
  return `${parts.slice(0, at).join(from)}${to}${parts.slice(at).join(from)}`
}

/**
 * A rightly signed delivery whose header lines were changed in one to three places; the same for the same seed. Where it
 * goes to stays: what an application makes of other paths is its own affair.
 */
function mangled(id: string, seed: number): string {
  const chance = chanceOf(seed)
  const [whole = '', body = ''] = rawDelivery(id).split('\r\n\r\n')
  const lines = whole.indexOf('\r\n')
  let head = whole.slice(lines)
  for (let left = chance.between(1, 3); left > 0; left--) head = chance.oneOf(changes)(head, chance)
  return `${whole.slice(0, lines)}${head}\r\n\r\n${body}`
}

/** What comes of it; when nothing does, more is waited for, and it is said that none will come. */
async function outcomeOf(connection: RawConnection): Promise<number | 'closed'> {
  return connection.outcome(500).catch(() => {
    connection.end()
    return connection.outcome(10_000)
  })
}

/** However a head is changed, what is behind it is taken for what was signed, or for nothing. */
export const mangledCases: readonly AdapterCase[] = [
  {
    name: 'deliveries whose heads were changed at random are accepted as they were signed, or refused',
    async run(fixture: AdapterFixture) {
      const acknowledged: string[] = []
      for (let first = 1; first <= RUNS; first += AT_ONCE) {
        const seeds = Array.from({ length: Math.min(AT_ONCE, RUNS - first + 1) }, (_, index) => first + index)
        await Promise.all(
          seeds.map(async (seed) => {
            const connection = fixture.connect()
            connection.write(Buffer.from(mangled(`mangled-${seed}`, seed), 'latin1'))
            let outcome = await outcomeOf(connection)
            if (outcome === 100) outcome = await outcomeOf(connection)
            connection.destroy()
            if (outcome === 200) acknowledged.push(`mangled-${seed}`)
            // 5xx only for what HTTP/1.1 has no other for: a coding or a version that nobody knows.
            else
              expect(
                ['closed', 400, 401, 404, 405, 408, 411, 413, 415, 417, 431, 501, 505],
                `seed ${seed}`,
              ).toContain(outcome)
          }),
        )
      }
      expect(acknowledged.length).toBeGreaterThan(RUNS / 20)
      expect(acknowledged.length).toBeLessThan(RUNS / 2)
      await expectUnharmed(fixture, acknowledged)
    },
  },
]
