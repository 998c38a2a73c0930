/**
 * `npm start`, `npm run cluster`, `npm run prove`, `npm run cli`, `npm run bench`: from a fresh clone to something that runs.
 * Installs, builds, and runs the named program, which gets the other arguments: `npm start -- --once`,
 * `npm run cluster -- --seconds 20`, `npm run cli -- send --help`.
 */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { build, install, node, root } from './workspace.mjs'

const PROGRAMS = {
  demo: 'examples/demo/src/main.ts',
  cluster: 'examples/cluster/src/main.ts',
  prove: 'examples/prove/src/main.ts',
  cli: 'packages/cli/dist/main.js',
  bench: 'bench/src/main.ts',
}
const [name, ...args] = process.argv.slice(2)

if (!((await install()) && (await build()))) process.exit(1)

// What takes paths works where the user is, the demonstrations in their own folder.
const program = join(root, PROGRAMS[name])
const takesPaths = name === 'cli' || name === 'bench'
const cwd = takesPaths ? (process.env.INIT_CWD ?? process.cwd()) : join(root, 'examples', name)
const child = spawn(node, [program, ...args], { cwd, stdio: 'inherit' })
// Ctrl-C reaches the child by itself, as part of the terminal's foreground group; this process ends when the child has.
process.on('SIGINT', () => {})
process.on('SIGTERM', () => child.kill('SIGTERM'))
child.on('exit', (code) => {
  process.exitCode = code ?? 1
})
