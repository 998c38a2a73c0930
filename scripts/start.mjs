/**
 * `npm start`: from a fresh clone to the main job, live. Installs, builds, and runs the demo of `examples/demo`, which gets
 * the arguments: `npm start -- --once`, `npm start -- --help`.
 */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { build, install, node, root } from './workspace.mjs'

if (!((await install()) && (await build()))) process.exit(1)

const demo = spawn(node, ['src/main.ts', ...process.argv.slice(2)], {
  cwd: join(root, 'examples', 'demo'),
  stdio: 'inherit',
})
// Ctrl-C reaches the demo by itself, as part of the terminal's foreground group; this process ends when the demo has.
process.on('SIGINT', () => {})
process.on('SIGTERM', () => demo.kill('SIGTERM'))
demo.on('exit', (code) => {
  process.exitCode = code ?? 1
})
