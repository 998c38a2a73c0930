import { execFileSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const PUBLISHED = [
  'core',
  'sqlite',
  'postgres',
  'express',
  'koa',
  'fastify',
  'opentelemetry',
  'simulator',
] as const
const workspace = join(import.meta.dirname, '..', '..', '..')
const packageDir = (name: string) => join(workspace, 'packages', name)

let project: string

/** A project of somebody else's: the packed packages unpacked into its node_modules, everything third-party linked. */
beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), 'kyc-webhooks-consumer-'))
  writeFileSync(join(project, 'package.json'), '{ "type": "module" }')
  // pnpm's pack, as a release would: it writes versions where the workspace has `workspace:*`.
  const filters = [...PUBLISHED, 'cli'].flatMap((name) => ['--filter', `./packages/${name}`])
  const pack = ['--yes', 'pnpm@10.34.8', '-r', ...filters, 'pack', '--pack-destination', project]
  execFileSync('npx', pack, { cwd: workspace })
  const unpack = (tarball: string, name: string) => {
    const target = join(project, 'node_modules', name)
    mkdirSync(target, { recursive: true })
    execFileSync('tar', ['-xzf', join(project, tarball), '--strip-components=1', '-C', target])
  }
  for (const name of PUBLISHED) unpack(`kyc-webhooks-${name}-0.1.0.tgz`, `@kyc-webhooks/${name}`)
  unpack('kyc-webhooks-0.1.0.tgz', 'kyc-webhooks')
  const link = (name: string, from: string) => {
    const target = join(project, 'node_modules', name)
    mkdirSync(dirname(target), { recursive: true })
    if (!existsSync(target)) symlinkSync(join(from, 'node_modules', name), target)
  }
  link('@types/node', workspace)
  for (const name of ['express', '@types/express', '@types/koa', '@types/pg'])
    link(name, join(import.meta.dirname, '..'))
  for (const name of ['fastify', 'fastify-plugin']) link(name, packageDir('fastify'))
  link('better-sqlite3', packageDir('sqlite'))
  for (const name of ['pg', 'pg-boss']) link(name, packageDir('postgres'))
  link('koa', packageDir('koa'))
  link('@opentelemetry/api', packageDir('opentelemetry'))
  for (const name of ['commander', '@commander-js/extra-typings']) link(name, packageDir('cli'))
}, 120_000)

afterAll(() => rmSync(project, { recursive: true, force: true }))

describe('as installed from npm', () => {
  test.each(PUBLISHED)('%s holds its built code, its types and its sources, and no tests', (name) => {
    const root = join(project, 'node_modules', '@kyc-webhooks', name)
    const files = execFileSync('find', ['.', '-type', 'f'], { cwd: root, encoding: 'utf8' })
    expect(files).toContain('./dist/index.js')
    expect(files).toContain('./dist/index.d.ts')
    expect(files).toContain('./src/index.ts')
    expect(files).not.toMatch(/\/test\/|\.test\.|\.db|node_modules/)
    expect(readFileSync(join(root, 'package.json'), 'utf8')).not.toMatch(/workspace:|catalog:/)
    expect(files).toContain('./LICENSE')
    const { scripts, ...manifest } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
    expect(Object.keys(scripts)).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/install|prepare/)]),
    )
    expect(manifest).toMatchObject({
      type: 'module',
      sideEffects: false,
      license: 'MIT',
      engines: { node: '>=22.22.2' },
    })
  })

  test('receives a delivery on the default inbox, with its thread, from the built code', () => {
    writeFileSync(join(project, 'app.mjs'), RUNS)
    const output = execFileSync(process.execPath, ['app.mjs'], {
      cwd: project,
      encoding: 'utf8',
      env: { ...process.env, NODE_OPTIONS: '' },
    })
    expect(JSON.parse(output.trim())).toEqual({
      status: 200,
      body: '{"status":"accepted"}',
      handled: ['evt-1'],
    })
    expect(existsSync(join(project, 'kyc-webhooks.db'))).toBe(true)
  })

  test('CommonJS requires it', () => {
    const names = PUBLISHED.map((name) => `@kyc-webhooks/${name}`)
    const required = `for (const name of ${JSON.stringify(names)}) console.log(Object.keys(require(name)).length > 0)`
    writeFileSync(join(project, 'app.cjs'), required)
    const env = { ...process.env, NODE_OPTIONS: '' }
    const options = { cwd: project, encoding: 'utf8', env, stdio: 'pipe' } as const
    expect(execFileSync(process.execPath, ['app.cjs'], options)).toBe('true\n'.repeat(PUBLISHED.length))
  })

  // npm compiles better-sqlite3 when it installs from a lock file, although its binaries are in the package.
  test('from a lock file it is installed without a compiler, as the README says', () => {
    const application = join(project, 'locked')
    mkdirSync(application)
    const npm = (...args: string[]) => {
      // Whatever an installation runs fails.
      const env = { ...process.env, NODE_OPTIONS: '', npm_config_script_shell: '/no/such/shell' }
      const more = ['--offline', '--no-audit', '--no-fund']
      execFileSync('npm', [...args, ...more], { cwd: application, env, stdio: 'pipe' })
    }
    const driver = realpathSync(join(packageDir('sqlite'), 'node_modules', 'better-sqlite3'))
    for (const directory of [driver, realpathSync(join(driver, '..', 'node-addon-api'))])
      npm('pack', directory, '--ignore-scripts')
    const tarballs = readdirSync(application).map((name) => `./${name}`)
    const ours = ['core', 'sqlite'].map((name) => join(project, `kyc-webhooks-${name}-0.1.0.tgz`))
    writeFileSync(join(application, 'package.json'), '{ "private": true, "type": "module" }')
    npm('install', '--package-lock-only', ...tarballs, ...ours)

    const [, command = ''] = /`npm (ci[^`]*)`/.exec(readFileSync(join(workspace, 'README.md'), 'utf8')) ?? []
    npm(...command.split(' '))
    writeFileSync(join(application, 'app.js'), OPENS)
    const options = { cwd: application, encoding: 'utf8', env: { ...process.env, NODE_OPTIONS: '' } } as const
    expect(execFileSync(process.execPath, ['app.js'], options)).toBe('0 waiting\n')
  }, 120_000)

  test('has a command line, which finds the inbox and what it needs of the other packages', () => {
    const root = join(project, 'node_modules', 'kyc-webhooks')
    const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
    expect(manifest).toMatchObject({ bin: { 'kyc-webhooks': 'dist/main.js' }, license: 'MIT' })
    expect(manifest.peerDependencies).toEqual({ '@kyc-webhooks/postgres': manifest.version })
    expect(JSON.stringify(manifest)).not.toMatch(/workspace:|catalog:/)
    expect(existsSync(join(root, 'LICENSE')) && existsSync(join(root, 'README.md'))).toBe(true)
    const main = join(root, manifest.bin['kyc-webhooks'])
    expect(readFileSync(main, 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/)
    const kyc = (...args: string[]) => {
      const env = { ...process.env, NODE_OPTIONS: '' }
      return execFileSync(main, args, { cwd: project, encoding: 'utf8', env, stdio: 'pipe' })
    }
    expect(kyc('--version')).toBe(`${manifest.version}\n`)
    expect(kyc('secret', '--provider', 'press')).toMatch(/^whsec_/)
    expect(JSON.parse(kyc('inbox', 'stats', '--json'))).toMatchObject({ dead: 0, quarantined: 0 })
    expect(kyc('inbox', 'list')).toContain('evt-1')

    // The optional package is found too, when it is there: what fails is the connection.
    const postgres = () => kyc('inbox', 'stats', '--inbox', 'postgres://nobody@127.0.0.1:1/none')
    expect(postgres).toThrow('nobody listens there')
    const installed = join(project, 'node_modules', '@kyc-webhooks', 'postgres')
    renameSync(installed, `${installed}-away`)
    try {
      expect(postgres).toThrow('install @kyc-webhooks/postgres beside kyc-webhooks')
    } finally {
      renameSync(`${installed}-away`, installed)
    }
  })

  test.each(['nodenext', 'bundler'])(
    'type-checks under moduleResolution %s, narrowing events',
    (resolution) => {
      writeFileSync(join(project, 'app.ts'), TYPED)
      const compilerOptions = {
        strict: true,
        noEmit: true,
        target: 'es2024',
        module: resolution === 'bundler' ? 'esnext' : 'nodenext',
        moduleResolution: resolution,
        exactOptionalPropertyTypes: true,
        types: ['node'],
        skipLibCheck: false,
      }
      writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['app.ts'] }))
      const tsc = join(
        dirname(createRequire(import.meta.url).resolve('typescript/package.json')),
        'bin',
        'tsc',
      )
      expect(run(process.execPath, [tsc, '-p', project])).toBe('')
    },
  )
})

/** Output of a command that is expected to succeed, and to say nothing of errors when it does not. */
function run(command: string, args: string[]): string {
  try {
    return execFileSync(command, args, { cwd: project, encoding: 'utf8' })
  } catch (error) {
    return (error as { stdout: string }).stdout
  }
}

const RUNS = `
import express from 'express'
import { pressWebhook } from '@kyc-webhooks/express'
import { pressSimulator } from '@kyc-webhooks/simulator'
import { createHmac } from 'node:crypto'

const secret = 'whsec_0123456789abcdef0123456789abcdef'
const handled = []
const webhook = pressWebhook({ secret, logger: false, onEvent: (event) => { handled.push(event.id) } })
const server = express().use(webhook).listen(0, '127.0.0.1')
await webhook.ready
if (typeof pressSimulator !== 'function') throw new Error('no simulator')
const body = JSON.stringify({ id: '01', data: [{ type: 't', records: [{ event_id: 'evt-1', uaekyc_id: 1 }] }] })
const timestamp = String(Math.floor(Date.now() / 1000))
const signature = createHmac('sha256', secret).update(timestamp + '.' + body).digest('hex')
const reply = await fetch(\`http://127.0.0.1:\${server.address().port}/webhooks/press\`, {
  method: 'POST', body, headers: { 'x-webhook-timestamp': timestamp, 'x-webhook-signature': signature },
})
while (handled.length === 0) await new Promise((resolve) => setTimeout(resolve, 10))
console.log(JSON.stringify({ status: reply.status, body: await reply.text(), handled }))
server.close()
server.closeAllConnections()
await webhook.close()
`

const OPENS = `
import { sqliteInbox } from '@kyc-webhooks/sqlite'

const inbox = sqliteInbox()
await inbox.open()
console.log((await inbox.stats()).waiting, 'waiting')
await inbox.close()
`

const TYPED = `
import express from 'express'
import { advanceAiWebhook, pressWebhook, uipWebhook } from '@kyc-webhooks/express'
import { pressWebhook as pressOnFastify } from '@kyc-webhooks/fastify'
import { pressWebhook as pressOnKoa } from '@kyc-webhooks/koa'
import { postgresInbox } from '@kyc-webhooks/postgres'
import { sqliteInbox } from '@kyc-webhooks/sqlite'
import Fastify from 'fastify'

const inbox = sqliteInbox({ file: './inbox.db' })
const app = express()
app.use(pressWebhook({ secret: process.env.PRESS_WEBHOOK_SECRET, inbox, onEvent: (event) => event.data.uaekyc_id }))
app.post('/uip', uipWebhook({
  secret: process.env.UIP_WEBHOOK_SECRET,
  on: { identify: (event) => event.data.audit_id.length, 'something.new': (event) => event.data },
}))
app.use(advanceAiWebhook({
  secret: [process.env.A ?? '', process.env.B ?? ''],
  algorithm: 'sha512',
  onEvent(event) {
    if (event.type === 'AML_OGS_UPDATE') return event.data.caseId.padStart(20)
    // @ts-expect-error caseId is of AML_OGS_UPDATE alone
    if (event.type === 'KYB_IDV_EMAIL') return event.data.caseId
    return undefined
  },
}))
void Fastify().register(pressOnFastify, { secret: process.env.PRESS_WEBHOOK_SECRET, onEvent: () => {} })
void pressOnKoa({ secret: process.env.PRESS_WEBHOOK_SECRET, onEvent: () => {} }).close()
`
