import { existsSync, globSync, readFileSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { read, root } from './support/documents.ts'

interface Manifest {
  name: string
  private?: boolean
  gypfile?: boolean
  scripts?: Record<string, string>
  dependencies?: Record<string, string>
  optionalDependencies?: Record<string, string>
  publishConfig?: object
  repository?: { url: string }
}

const manifestIn = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))

const published = globSync('packages/*', { cwd: root })
  .map((folder) => join(root, folder))
  .filter((folder) => !manifestIn(folder).private)

/** The folders of a package and of all that comes into a production process with it. */
function* closure(folder: string, known = new Set<string>()): Iterable<string> {
  const real = realpathSync(folder)
  if (known.has(real)) return
  known.add(real)
  yield real
  const { dependencies, optionalDependencies } = manifestIn(real)
  for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
    yield* closure(installed(name, real), known)
  }
}

function installed(name: string, from: string): string {
  const folder = join(from, 'node_modules', name)
  if (existsSync(folder)) return folder
  if (dirname(from) === from) throw new Error(`${name} is not installed`)
  return installed(name, dirname(from))
}

/** What npm would run when it installs the package: its scripts, or `node-gyp` where it finds a `binding.gyp`. */
function runsAtInstallation(folder: string): string[] {
  const { name, scripts = {}, gypfile } = manifestIn(folder)
  const own = ['preinstall', 'install', 'postinstall'].filter((script) => scripts[script] !== undefined)
  const compiles = own.length === 0 && gypfile !== false && existsSync(join(folder, 'binding.gyp'))
  return [...own, ...(compiles ? ['node-gyp rebuild'] : [])].map((what) => `${name}: ${what}`)
}

describe('what comes into a production process', () => {
  const folders = [...new Set(published.flatMap((folder) => [...closure(folder)]))]

  test('is found whole', () => {
    const names = folders.map((folder) => manifestIn(folder).name)
    expect(names).toEqual(
      expect.arrayContaining(['kyc-webhooks', 'better-sqlite3', 'pg-boss', 'pg-protocol']),
    )
  })

  test('runs nothing when it is installed', () => {
    expect(folders.flatMap(runsAtInstallation)).toEqual([])
  })

  test('and the search finds what does', () => {
    expect(runsAtInstallation(installed('node', root))).toEqual(['node: preinstall'])
  })
})

describe('the lock file', () => {
  const [, packages = ''] = /^packages:\n(.*?)^snapshots:/ms.exec(read('pnpm-lock.yaml')) ?? []
  const resolutions = [...packages.matchAll(/^ {2}(\S.*):\n {4}resolution: (.*)$/gm)]

  test('pins every package by its SHA-512, and takes none from anywhere but the registry', () => {
    expect(resolutions.length).toBeGreaterThan(200)
    const loose = resolutions.filter(([, , how = '']) => !/^\{integrity: sha512-[\w+/]{86}==\}$/.test(how))
    expect(loose.map(([, name]) => name)).toEqual([])
    expect([...packages.matchAll(/^ {2}\S.*:$/gm)]).toHaveLength(resolutions.length)
  })

  test('lets nothing of development run code at installation but what brings Node.js', () => {
    const [, allowed = ''] =
      /^onlyBuiltDependencies:\n((?: {2}- .*\n?)+)/m.exec(read('pnpm-workspace.yaml')) ?? []
    expect(allowed.trim()).toBe('- node')
  })
})

test.each(published.map((folder) => manifestIn(folder)))(
  '$name is published in public, with provenance',
  (manifest) => {
    expect(manifest.publishConfig).toEqual({ access: 'public', provenance: true })
  },
)
