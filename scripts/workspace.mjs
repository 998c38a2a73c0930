/**
 * What `npm start` and `npm test` share. Plain JavaScript for Node.js 20, since it runs before anything is installed;
 * everything after the installation runs on the Node.js that the devDependency `node` brings.
 */
import { spawn } from 'node:child_process'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('..', import.meta.url))

/** The Node.js of the devDependency itself: its entry in `.bin` is a shell script, which would not pass signals on. */
export const node = join(
  root,
  'node_modules',
  'node',
  'bin',
  process.platform === 'win32' ? 'node.exe' : 'node',
)

const PNPM = ['npx', '--yes', 'pnpm@10.34.8']

const env = {
  ...process.env,
  PATH: `${join(root, 'node_modules', '.bin')}${delimiter}${process.env.PATH ?? ''}`,
  TURBO_TELEMETRY_DISABLED: '1',
  TURBO_NO_UPDATE_NOTIFIER: '1',
  npm_config_update_notifier: 'false',
}

/** Installs what the lock file says. Shows how long it takes, and its output when it fails. Resolves to whether it succeeded. */
export function install() {
  return quietly('Installing packages', [...PNPM, 'install', '--frozen-lockfile'])
}

/** Builds the packages, in the same manner. */
export function build() {
  return quietly('Building packages', [...PNPM, 'exec', 'turbo', 'run', 'build', '--output-logs=errors-only'])
}

/** What is published. pnpm writes real versions where the workspace has `workspace:*`. */
const EACH_PUBLISHED = ['-r', '--filter', './packages/*', '--filter', '!@kyc-webhooks/testing']

/** Packs the published packages into a folder. */
export function pack(folder) {
  return quietly('Packing packages', [
    ...PNPM,
    ...EACH_PUBLISHED,
    'pack',
    '--pack-destination',
    join(root, folder),
  ])
}

/** Publishes those that npm does not have. What each manifest says of access and provenance holds. */
export function publish(isDryRun) {
  const how = isDryRun ? ['--dry-run', '--no-git-checks'] : ['--no-git-checks']
  return quietly('Publishing packages', [...PNPM, ...EACH_PUBLISHED, 'publish', ...how])
}

/** Runs turbo in the open. Resolves when it has ended, whatever came of it. */
export async function turbo(...args) {
  await run([...PNPM, 'exec', 'turbo', 'run', ...args], { stdio: ['ignore', 'inherit', 'inherit'] })
}

/** Runs a command. Resolves to its exit code, and its output where that is piped. */
export function run([command, ...args], options = {}) {
  return new Promise((resolve, reject) => {
    const shell = process.platform === 'win32'
    const child = spawn(command, args, { cwd: root, env, shell, ...options })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text) => {
        output += text
      })
    }
    child.on('error', reject)
    child.on('close', (code, signal) => resolve({ code: code ?? (signal ? 1 : 0), output }))
  })
}

async function quietly(title, command) {
  const startedAt = Date.now()
  const seconds = () => `${((Date.now() - startedAt) / 1000).toFixed(1)} s`
  const { isTTY } = process.stderr
  process.stderr.write(isTTY ? `${title} …` : `${title} ...\n`)
  // On a terminal the line counts the seconds; in a log a long step says now and then that it goes on.
  const timer = setInterval(
    () => process.stderr.write(isTTY ? `\r${title} … ${seconds()}` : `${title} ... ${seconds()} so far\n`),
    isTTY ? 200 : 15_000,
  )
  const { code, output } = await run(command, { stdio: ['ignore', 'pipe', 'pipe'] })
  clearInterval(timer)
  process.stderr.write(`${isTTY ? '\r' : ''}${title}: ${code === 0 ? 'done' : 'FAILED'} in ${seconds()}\n`)
  if (code !== 0) process.stderr.write(output)
  return code === 0
}
