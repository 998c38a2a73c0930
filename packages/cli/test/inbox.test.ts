import { once } from 'node:events'
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Inbox } from '@kyc-webhooks/core'
import { postgresInbox } from '@kyc-webhooks/postgres'
import { sqliteInbox } from '@kyc-webhooks/sqlite'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { kyc, kycJson, type RunOptions } from './support/cli.ts'
import { fill, PERSONAL } from './support/filled-inbox.ts'
import { makeSchema } from './support/postgres-schema.ts'
import { temporaryDirectory } from './support/temporary.ts'

interface Place {
  inbox: Inbox
  /** How the command line is told of it. */
  args: readonly string[]
  options: RunOptions
}

const places: Record<string, () => Promise<Place> | Place> = {
  'a SQLite file': () => {
    const file = join(temporaryDirectory(), 'inbox.db')
    return { inbox: sqliteInbox({ file }), args: ['--inbox', file], options: {} }
  },
  Postgres: async () => {
    const { url, schema } = await makeSchema()
    const inbox = postgresInbox({ connectionString: url, schema })
    return {
      inbox,
      args: ['--inbox-env', 'THE_DATABASE', '--schema', schema],
      options: { env: { THE_DATABASE: url } },
    }
  },
}

describe.each(Object.entries(places))('on %s that a receiver has open', (_, makePlace) => {
  async function start() {
    const { inbox, args, options } = await makePlace()
    const filled = await fill(inbox)
    return {
      ...filled,
      inbox,
      run: (...command: string[]) => kyc(['inbox', ...command, ...args], options),
      json: (...command: string[]) => kycJson(['inbox', ...command, ...args], options),
    }
  }

  test('list', async () => {
    const { run, json } = await start()
    const all = await json('list')
    expect(all.code).toBe(0)
    expect(all.values).toMatchObject([{ next: null }])
    expect(
      all.values[0].events.map(({ seq, state }: { seq: number; state: string }) => [seq, state]),
    ).toEqual([
      [1, 'done'],
      [2, 'done'],
      [3, 'dead'],
      [4, 'dead'],
    ])
    const [dead] = (await json('list', '--state', 'dead', '--limit', '1')).values
    expect(dead).toMatchObject({
      events: [{ seq: 3, receiver: 'press', error: 'TypeError', attempts: 1 }],
      next: 3,
    })
    const type = 'ae.uaekyc.icp.new_id.v1'
    const [rest] = (await json('list', '--after', String(dead.next), '--type', type, '--receiver', 'press'))
      .values
    expect(rest).toMatchObject({ events: [{ seq: 4, type }], next: null })
    expect((await json('list', '--receiver', 'nobody')).values).toEqual([{ events: [], next: null }])
    const lines = (await run('list', '--limit', '3')).stdout
    expect(lines).toMatch(/^seq +state/)
    expect(lines).toMatch(/^3 +dead +press/m)
    expect(lines).toMatch(/^more: --after 3$/m)
    expect(lines + JSON.stringify(all)).not.toContain(PERSONAL)
  })

  test('show', async () => {
    const { run, json } = await start()
    const hidden = await run('show', '3')
    expect(hidden.code).toBe(0)
    expect(hidden.stdout).toMatch(/^error +TypeError$/m)
    expect(hidden.stdout + (await json('show', '3')).stdout).not.toContain(PERSONAL)
    expect((await run('show', '3', '--payload')).stdout).toContain(PERSONAL)
    const { values } = await json('show', '3', '--payload')
    expect(values).toMatchObject([
      { seq: 3, state: 'dead', event: { provider: 'press', data: { name: PERSONAL } } },
    ])
    expect(await run('show', '99')).toMatchObject({ code: 1, stderr: 'kyc-webhooks: there is no event 99\n' })
  })

  test('stats, also as a check', async () => {
    const { run, json } = await start()
    const { values } = await json('stats')
    expect(values).toEqual([
      { waiting: 0, running: 0, done: 2, dead: 2, quarantined: 2, oldestUnhandledAt: null, lagMs: 0 },
    ])
    expect((await run('stats')).stdout).toMatch(/^dead +2$/m)
    expect(await run('stats', '--max-dead', '2', '--max-quarantined', '2', '--max-lag', '5m')).toMatchObject({
      code: 0,
    })
    expect(await run('stats', '--max-dead', '1', '--max-quarantined', '0')).toMatchObject({
      code: 1,
      stderr: 'kyc-webhooks: more than allowed: 2 dead letters, 2 in quarantine\n',
    })
  })

  test('retry: the receiver that runs makes the attempt', async () => {
    const { run, json, inbox, mend } = await start()
    expect(await run('retry')).toMatchObject({ code: 2 })
    expect(await run('retry', '3')).toMatchObject({ code: 2, stderr: expect.stringContaining('--yes') })
    mend()
    expect(await json('retry', '3', '1', '--yes')).toMatchObject({
      code: 1,
      values: [{ asked: 2, retried: 1 }],
    })
    await vi.waitFor(async () => expect(await inbox.stats()).toMatchObject({ done: 3, dead: 1 }), 20_000)
    expect(await json('retry', '--all', '--receiver', 'nobody', '--yes')).toMatchObject({
      code: 0,
      values: [{ asked: 0, retried: 0 }],
    })
    expect(await json('retry', '--all', '--yes')).toMatchObject({
      code: 0,
      values: [{ asked: 1, retried: 1 }],
    })
    await vi.waitFor(async () => expect(await inbox.stats()).toMatchObject({ done: 4, dead: 0 }), 20_000)
  })

  test('unverified list, and why not reverify', async () => {
    const { run, json, inbox } = await start()
    const body = Buffer.from(PERSONAL)
    const delivery = (digit: string) => ({
      ...{ digest: digit.repeat(64), receivedAt: 1_000, expiresAt: Date.now() + 600_000, body, headers: {} },
      context: { receivedAt: new Date(1_000).toISOString() },
    })
    await inbox.keepUnverified('press', [delivery('1'), delivery('2')], { max: 10, maxBytes: 10_000 })
    const [first] = (await json('unverified', 'list', '--limit', '1')).values
    const receivedAt = '1970-01-01T00:00:01.000Z'
    expect(first).toMatchObject({ unverified: [{ seq: expect.any(Number), receivedAt, bytes: 18 }] })
    expect(first.next).toBe(first.unverified[0].seq)
    const listed = await run('unverified', 'list', '--receiver', 'press')
    expect(listed.stdout).toMatch(/press +1970-01-01T00:00:01.000Z +18/)
    expect(listed.stdout).not.toContain(PERSONAL)
    const refused = await kyc(['inbox', 'unverified', 'reverify'])
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('receiver.reverify()') })
  })

  test('quarantine list, show, discard, and why not redrive', async () => {
    const { run, json, inbox } = await start()
    const [first] = (await json('quarantine', 'list', '--limit', '1')).values
    expect(first).toMatchObject({ quarantined: [{ seq: 1, reason: 'timestamp-stale', count: 1 }], next: 1 })
    const listed = await run('quarantine', 'list', '--receiver', 'press')
    expect(listed.stdout).toMatch(/^2 +press +timestamp-stale/m)
    const hidden = await run('quarantine', 'show', '1')
    expect(listed.stdout + hidden.stdout).not.toContain(PERSONAL)
    expect((await run('quarantine', 'show', '1', '--payload')).stdout).toContain(PERSONAL)
    const [shown] = (await json('quarantine', 'show', '1', '--payload')).values
    const [{ body } = { body: new Uint8Array() }] = await inbox.quarantined()
    expect(Buffer.from(shown.body, 'base64')).toEqual(Buffer.from(body))
    expect(await run('quarantine', 'show', '99')).toMatchObject({ code: 1 })

    expect(await run('quarantine', 'discard', '1')).toMatchObject({ code: 2 })
    expect(await json('quarantine', 'discard', '1', '99', '--yes')).toMatchObject({
      code: 1,
      values: [{ asked: 2, deleted: 1 }],
    })
    expect(await inbox.stats()).toMatchObject({ quarantined: 1 })
  })

  test('export: to a new file of its owner, or to standard output; says how many', async () => {
    const { run } = await start()
    const file = join(temporaryDirectory(), 'dead.ndjson')
    expect(await run('export', 'events', '--state', 'dead', '--output', file)).toMatchObject({
      code: 0,
      stdout: '',
      stderr: `2 events exported to ${file}\n`,
    })
    expect(statSync(file).mode & 0o777).toBe(0o600)
    const lines = readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(lines).toMatchObject([
      { seq: 3, event: { data: { name: PERSONAL } } },
      { seq: 4, event: { data: { name: PERSONAL } } },
    ])
    expect(await run('export', 'events', '--output', file)).toMatchObject({
      code: 1,
      stderr: `kyc-webhooks: ${file} exists already\n`,
    })
    const { stdout, stderr } = await run('export', 'quarantined')
    expect(stderr).toBe('2 quarantined exported\n')
    const bodies = stdout
      .trim()
      .split('\n')
      .map((line) => Buffer.from(JSON.parse(line).body, 'base64').toString())
    expect(bodies).toEqual([expect.stringContaining(PERSONAL), expect.stringContaining(PERSONAL)])
  })

  test('erase: by number and by age', async () => {
    const { run, json, inbox } = await start()
    expect(await run('erase', 'dead-letters')).toMatchObject({ code: 2 })
    expect(await run('erase', 'dead-letters', '3')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--yes'),
    })
    expect(await run('erase', 'dead-letters', '3', '--unhandled', '--yes')).toMatchObject({ code: 2 })
    expect(await json('erase', 'dead-letters', '3', '1', '--yes')).toMatchObject({
      code: 1,
      values: [{ asked: 2, deleted: 1 }],
    })
    expect(await json('erase', 'dead-letters', '--older-than', '1h', '--yes')).toMatchObject({
      code: 0,
      values: [{ asked: 0, deleted: 0 }],
    })
    expect(await json('erase', 'dead-letters', '--older-than', '1ms', '--yes')).toMatchObject({
      code: 0,
      values: [{ asked: 1, deleted: 1 }],
    })
    const none = await json('erase', 'quarantined', '--older-than', '1ms', '--receiver', 'nobody', '--yes')
    expect(none.values).toEqual([{ asked: 0, deleted: 0 }])
    const all = await json('erase', 'quarantined', '--older-than', '1ms', '--yes')
    expect(all.values).toEqual([{ asked: 2, deleted: 2 }])
    expect(await inbox.stats()).toMatchObject({ done: 2, dead: 0, quarantined: 0 })
  })
})

test('erase: all that is kept of a subject, in a sealed inbox', async () => {
  const file = join(temporaryDirectory(), 'inbox.db')
  const keys = `2026:${Buffer.alloc(32, 'key of 32 bytes').toString('base64')}`
  const inbox = sqliteInbox({ file, encryption: { keys } })
  await fill(inbox)
  const env = { KEYS: keys, NONE: '', SUBJECT: 'nobody' }
  const run = (command: string[], more: object = {}) =>
    kycJson(['inbox', ...command, '--inbox', file, '--keys-env', 'KEYS'], { env: { ...env, ...more } })
  const [{ json } = { json: '{}' }] = await inbox.events({ state: 'done' })
  const { subject } = JSON.parse(json)
  const [shown] = (await run(['show', '1', '--payload'])).values
  expect(shown).toMatchObject({ verdict: 'accepted', verifiedBy: expect.any(String) })
  expect(Buffer.from(shown.body, 'base64').toString()).toContain(PERSONAL)
  const refused = await kyc(['inbox', 'list', '--inbox', file], { env })
  expect(refused).toMatchObject({
    code: 1,
    stderr: 'kyc-webhooks: this inbox is sealed: give its keys with --keys-env (encryption-key-missing)\n',
  })
  expect(await run(['erase', 'subject', '--yes'])).toMatchObject({ code: 2 })
  expect(await run(['erase', 'subject', '--subject-env', 'SUBJECT'])).toMatchObject({ code: 2 })
  expect(await run(['erase', 'subject', '--subject-env', 'SUBJECT', '--yes'])).toMatchObject({
    code: 0,
    values: [{ events: 0, leftInQuarantine: [] }],
  })
  const before = (await inbox.events()).length
  const [erased] = (
    await run(['erase', 'subject', '--subject-env', 'SUBJECT', '--yes'], { SUBJECT: subject })
  ).values
  expect(erased.events).toBeGreaterThan(0)
  expect(await inbox.events()).toHaveLength(before - erased.events)
})

describe('an inbox', () => {
  test('that does not exist is not made', async () => {
    const file = join(temporaryDirectory(), 'inbox.db')
    expect(await kyc(['inbox', 'stats', '--inbox', file])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('there is no inbox (inbox-unusable)'),
    })
    expect(existsSync(file)).toBe(false)
    const { url, schema, count } = await makeSchema()
    const ran = await kyc(['inbox', 'stats', '--inbox-env', 'D', '--schema', schema], { env: { D: url } })
    const missing = `there is no inbox in schema ${schema} (inbox-unusable)`
    expect(ran).toMatchObject({ code: 1, stderr: expect.stringContaining(missing) })
    const elsewhere = new URL(url)
    elsewhere.pathname = '/no_such_database'
    const none = await kyc(['inbox', 'stats', '--inbox-env', 'D'], { env: { D: elsewhere.href } })
    expect(none).toMatchObject({ code: 1, stderr: expect.stringContaining('there is no such database') })
    const asNobody = new URL(url)
    asNobody.username = 'no_such_role'
    const stranger = await kyc(['inbox', 'stats', '--inbox-env', 'D'], { env: { D: asNobody.href } })
    expect(stranger).toMatchObject({ code: 1, stderr: expect.stringContaining('does not let this user in') })
    const nowhere = await kyc(['inbox', 'stats', '--inbox', 'postgres://somebody@host.invalid/x'])
    expect(nowhere.stderr).toBe('kyc-webhooks: the name of the host was not found (inbox-unavailable)\n')
    expect(await count()).toBe(0)
  })

  test('with a damaged row shows the others, and nothing of what it holds', async () => {
    const file = join(temporaryDirectory(), 'inbox.db')
    const inbox = sqliteInbox({ file })
    await fill(inbox)
    const database = new DatabaseSync(file)
    onTestFinished(() => database.close())
    const damaged = 'Khadija, and no JSON'
    database.exec(`UPDATE event SET json = '${damaged} \u009b31m\u202e', error = 'a\u009bb' WHERE seq = 3`)
    const args = ['--inbox', file]
    for (const command of [['list'], ['show', '3', '--payload'], ['export', 'events']]) {
      const { code, stdout, stderr } = await kyc(['inbox', ...command, ...args])
      expect({ code, seen: stdout.includes('(unreadable)') }).toEqual({ code: 0, seen: true })
      expect(stdout + stderr).not.toMatch(/[\u0080-\u009f\u202e]/)
      if (command[0] !== 'export') expect(stdout + stderr).not.toContain(damaged)
    }
  })

  test('is exported under another name until all of it is there', async () => {
    const directory = temporaryDirectory()
    const file = join(directory, 'inbox.db')
    await fill(sqliteInbox({ file }))
    const output = join(directory, 'all.ndjson')
    writeFileSync(`${output}.part`, 'of one that was interrupted')
    const args = ['inbox', 'export', 'events', '--inbox', file, '--output', output]
    expect(await kyc(args)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('.part exists already'),
    })
    expect(existsSync(output)).toBe(false)
    rmSync(`${output}.part`)
    expect(await kyc(args)).toMatchObject({ code: 0 })
    expect([existsSync(output), existsSync(`${output}.part`)]).toEqual([true, false])
  })

  test('is the default file when none is named', async () => {
    const cwd = temporaryDirectory()
    const inbox = sqliteInbox({ file: join(cwd, 'kyc-webhooks.db') })
    await inbox.open()
    await inbox.close()
    expect(await kycJson(['inbox', 'stats'], { cwd })).toMatchObject({ code: 0, values: [{ waiting: 0 }] })
  })

  test.each([
    ['postgres://user:hunter2@localhost/db', 'password'],
    ['postgres://localhost/db?password=hunter2', 'password'],
  ])('named with a password in an argument is refused, and the password not repeated', async (url) => {
    const { code, stderr } = await kyc(['inbox', 'stats', '--inbox', url])
    expect(code).toBe(2)
    expect(stderr).toMatch(/use --inbox-env/)
    expect(stderr).not.toContain('hunter2')
  })

  test('that takes long to open is waited for with a word', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(() => void server.close())
    const { port } = server.address() as AddressInfo
    const ran = await kyc(['inbox', 'stats', '--inbox', `postgres://nobody@127.0.0.1:${port}/db`])
    expect(ran.code).toBe(1)
    expect(ran.stderr).toMatch(/^the inbox is being opened\nkyc-webhooks: inbox-unavailable.*\n$/)
  })

  test('on a server that does not answer is told in one line', async () => {
    const { code, stderr } = await kyc(['inbox', 'stats', '--inbox-env', 'D'], {
      env: { D: 'postgres://user:hunter2@127.0.0.1:1/db' },
    })
    expect(code).toBe(1)
    expect(stderr.split('\n')).toHaveLength(2)
    expect(stderr).toContain('nobody listens there')
    expect(stderr).not.toContain('hunter2')
  })
})
