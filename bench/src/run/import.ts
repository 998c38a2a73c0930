import { existsSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

// Imports a package, makes an inbox and opens nothing: `import.ts @kyc-webhooks/fastify`. Prints how long the import took, and what
// native code was loaded.

const loaded = new Set<string>()
const load = process.dlopen
process.dlopen = (module: object, file: string, flags?: number) => {
  loaded.add(file)
  load.call(process, module, file, flags)
}
const before = performance.now()
await import(String(process.argv[2]))
const importMs = performance.now() - before
const { sqliteInbox } = await import('@kyc-webhooks/sqlite')
sqliteInbox({ file: join(tmpdir(), 'never-opened.db') })
if (existsSync('/proc/self/maps')) {
  for (const [, file] of readFileSync('/proc/self/maps', 'utf8').matchAll(/(\S+\.node)$/gm))
    loaded.add(String(file))
}
process.stdout.write(JSON.stringify({ importMs, loaded: [...loaded] }))
