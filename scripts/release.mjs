/**
 * `npm run release`: publishes the packages whose version npm does not have yet, in the order of their dependencies, each
 * with provenance: npm then shows which commit and which build it came from, and `npm audit signatures` checks that.
 * Provenance needs a build on GitHub Actions or GitLab, with the right to ask for an identity token (`id-token: write`).
 * `npm run release -- --dry-run`: everything but the publishing; says what would be in the way.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { build, install, publish, root, run } from './workspace.mjs'

const isDryRun = process.argv.includes('--dry-run')

const manifests = readdirSync(join(root, 'packages'))
  .map((folder) => JSON.parse(readFileSync(join(root, 'packages', folder, 'package.json'), 'utf8')))
  .filter((manifest) => !manifest.private)

/** What keeps this commit from being released, in words. */
async function obstacles() {
  const git = async (...args) =>
    (await run(['git', ...args], { stdio: ['ignore', 'pipe', 'pipe'] })).output.trim()
  const [version, ...others] = new Set(manifests.map((manifest) => manifest.version))
  const tags = (await git('tag', '--points-at', 'HEAD')).split('\n')
  const nameless = manifests.filter(({ repository }) => !repository?.url).map(({ name }) => name)
  return [
    (await git('status', '--porcelain')) !== '' && 'there are changes that are not committed',
    others.length > 0 && `the packages have different versions: ${[version, ...others].join(', ')}`,
    !tags.includes(`v${version}`) && `this commit has no tag v${version}`,
    nameless.length > 0 && `no \`repository\` in ${nameless.join(', ')}: provenance names it`,
  ].filter((obstacle) => obstacle !== false)
}

const found = await obstacles()
for (const obstacle of found) console.error(`Not to be released: ${obstacle}`)
if (found.length > 0 && !isDryRun) process.exit(1)

const tests = isDryRun ? { code: 0 } : await run(['npm', 'test'], { stdio: 'inherit' })
const released = tests.code === 0 && (await install()) && (await build()) && (await publish(isDryRun))
if (isDryRun) {
  console.log(
    `Would publish, unless npm has it: ${manifests.map(({ name, version }) => `${name}@${version}`).join(', ')}`,
  )
}
process.exitCode = released ? 0 : 1
