/**
 * Stimuli 20, 57 and 100, as others have published them. Runs only where `SUITES` names a folder with
 * copies: docs/reliability.md says how to get them. The numbers are those of the reliability catalogue.
 */
import { once } from 'node:events'
import { globSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { decodeJson } from '../src/json.ts'
import type { Provider } from '../src/provider.ts'
import { press } from '../src/providers/press.ts'
import { uip } from '../src/providers/uip.ts'
import { refusal } from './refusal.ts'
import { accepts } from './support/accepts.ts'
import { receiving } from './support/receiving.ts'
import { serving } from './support/serving.ts'
import { signedPress, signedUip } from './support/signed.ts'
import { pressEnvelope } from './vectors/documented.ts'

const { SUITES = '' } = process.env
const read = (path: string) => readFileSync(`${SUITES}/${path}`)
const filesOf = (pattern: string) => globSync(pattern, { cwd: SUITES }).sort()

describe('20 Wycheproof', () => {
  interface Vectors {
    testGroups: {
      tagSize: number
      tests: { tcId: number; key: string; msg: string; tag: string; result: string }[]
    }[]
  }

  it.each(['sha256', 'sha512'] as const)(
    'HMAC of %s: whole tags that are right, and no others',
    (algorithm) => {
      const { testGroups }: Vectors = JSON.parse(
        read(`wycheproof/testvectors_v1/hmac_${algorithm}_test.json`).toString(),
      )
      const provider: Provider = {
        ...uip(),
        signature: {
          header: 'x',
          algorithm,
          encoding: 'hex',
          key: (secret) => Buffer.from(secret, 'hex'),
          signedContent: ({ body }) => [body],
        },
      }
      const isAccepted = (key: string, msg: string, tag: string) => {
        try {
          return accepts(provider, key, { headers: { x: tag }, body: Buffer.from(msg, 'hex') })
        } catch {
          return false
        }
      }
      let whole = 0
      for (const { tagSize, tests } of testGroups) {
        const isWhole = tagSize === Number(algorithm.slice(3))
        if (isWhole) whole += tests.length
        for (const { tcId, key, msg, tag, result } of tests) {
          expect(isAccepted(key, msg, tag), `${tcId}`).toBe(isWhole && result === 'valid')
        }
      }
      expect(whole).toBe(87)
    },
  )
})

describe('57 JSONTestSuite', () => {
  const files = filesOf('JSONTestSuite/test_parsing/*.json')
  const of = (kind: string) => files.filter((path) => path.includes(`/${kind}_`))

  it('what must be read is read, what must be refused is refused', () => {
    expect([of('y').length, of('n').length, of('i').length]).toEqual([95, 188, 35])
    for (const path of of('y')) decodeJson(read(path))
    for (const path of of('n')) {
      const { code } = refusal(() => decodeJson(read(path)))
      expect(['body-not-json', 'body-too-deep'], path).toContain(code)
    }
  })

  it('as bodies and as data, rightly signed: 200 or 400', { timeout: 30_000 }, async () => {
    const { receive } = receiving(uip())
    for (const path of [...files, ...filesOf('JSONTestSuite/test_transform/*.json')]) {
      const data = Buffer.concat([Buffer.from('{"event":"test","data":'), read(path), Buffer.from('}')])
      for (const body of [read(path), data])
        expect([200, 400], path).toContain((await receive(signedUip(body))).status)
    }
  })
})

describe('57 naughty strings', () => {
  const list = () => JSON.parse(read('big-list-of-naughty-strings/blns.json').toString()) as string[]

  it('as values, names and ids arrive as they were sent', { timeout: 60_000 }, async () => {
    expect(list().length).toBeGreaterThan(500)
    for (const text of list()) {
      const quoted = JSON.stringify(text)
      for (const data of [
        `"audit_id":"a","b":${quoted}`,
        `"audit_id":"a",${quoted}:1`,
        `"audit_id":${quoted}`,
      ]) {
        const { receive, handled } = receiving(uip())
        const delivery = signedUip(`{"event":"identify","data":{${data}}}`)
        for (let times = 0; times < 2; times++) expect((await receive(delivery)).status, quoted).toBe(200)
        const [event, ...more] = await handled()
        expect(more).toEqual([])
        expect(Object.entries(event?.data ?? {})).toEqual(Object.entries(JSON.parse(`{${data}}`)))
      }
    }
  })
})

describe('100 the requests that llhttp is tested with', () => {
  /** As its own tests read them: lines end in CR and LF, `\` joins them, and some characters are spelt out. */
  const bytesOf = (fence: string) =>
    Buffer.from(
      fence
        .replaceAll(/\\\n/g, '')
        .replaceAll('\n', '\r\n')
        .replaceAll(/\\x([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
        .replaceAll('\\r', '\r')
        .replaceAll('\\n', '\n')
        .replaceAll('\\t', '\t')
        .replaceAll('\\f', '\f'),
      'latin1',
    )
  const requests = () =>
    filesOf('llhttp/test/request/*.md').flatMap((path) =>
      [
        ...read(path)
          .toString()
          .matchAll(/^```http\n(.*?)```$/gms),
      ].map(([, fence = '']) => bytesOf(fence)),
    )

  it('are refused, and harm nobody', { timeout: 30_000 }, async () => {
    const { connect, post, inbox, handled } = await serving(press())
    const statuses = await Promise.all(
      requests().map(async (bytes) => {
        const socket = await connect()
        socket.on('error', () => {})
        let heard = ''
        socket.on('data', (chunk) => {
          heard += chunk
        })
        socket.write(bytes)
        await sleep(300)
        socket.end()
        await Promise.race([once(socket, 'close'), sleep(2_000)])
        socket.destroy()
        return [...heard.matchAll(/^HTTP\/1\.1 (\d+)/gm)].map(([, status]) => Number(status))
      }),
    )
    expect(statuses.length).toBeGreaterThan(150)
    expect(
      [...new Set(statuses.flat())].filter((status) => ![400, 401, 405, 415, 417].includes(status)),
    ).toEqual([])
    expect(await inbox.quarantined()).toEqual([])
    expect((await post(signedPress(pressEnvelope))).status).toBe(200)
    expect(await handled()).toHaveLength(1)
  })
})
