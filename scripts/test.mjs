/**
 * `npm test`: installs, then builds, checks (lint, types, publint) and tests everything through turbo. Prints what each
 * package came to and, as the last line, `N passed, N failed`; `N skipped` is added when there are any.
 *
 * The numbers are the sum of the packages' `test-report.json`, which vitest writes and turbo restores with a cached
 * result. Old reports are deleted first, so that a missing one shows. As a failure counts each failed test, and each of
 * these: a package with tests but without a report, a test run that failed in another way than by a test (a file that
 * does not load, an unhandled error), and a task other than `test` that failed.
 */
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { install, root, turbo } from './workspace.mjs'

const REPORT = 'test-report.json'
const SUMMARIES = join(root, '.turbo', 'runs')
/** One set of tasks after the other. */
const RUNS = [
  ['lint', 'typecheck', 'build', 'publint'],
  // Vitest takes every processor for each package. Tests of time limits and crashes want an unhurried machine.
  ['test', `--concurrency=${Math.max(1, Math.floor(availableParallelism() / 4))}`],
]

/** The packages that have tests, each with its directory. */
function testedPackages() {
  const under = (parent) => readdirSync(join(root, parent)).map((name) => join(root, parent, name))
  return [...under('packages'), ...under('examples'), join(root, 'bench')]
    .filter((directory) => existsSync(join(directory, 'package.json')))
    .map((directory) => ({ directory, ...readJson(join(directory, 'package.json')) }))
    .filter(({ scripts }) => scripts?.test !== undefined)
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** What the tests of one package came to. `failedRun`: turbo says that its test task failed. */
function countTests({ directory, name }, failedRun) {
  const path = join(directory, REPORT)
  if (!existsSync(path)) return { name, passed: 0, failed: 1, skipped: 0, note: 'no report' }
  const report = readJson(path)
  const { numPassedTests: passed, numFailedTests, numPendingTests, numTodoTests } = report
  const skipped = numPendingTests + numTodoTests
  const otherwise = numFailedTests === 0 && (failedRun || !report.success)
  return {
    name,
    passed,
    failed: otherwise ? 1 : numFailedTests,
    skipped,
    note: otherwise ? 'the run failed outside of a test' : '',
  }
}

/** The tasks that failed, as `package#task`, from the summaries that turbo writes; and each run that left none. */
function failedTasks() {
  const files = existsSync(SUMMARIES) ? readdirSync(SUMMARIES) : []
  const tasks = files.flatMap((file) => readJson(join(SUMMARIES, file)).tasks)
  const failed = tasks.filter(({ execution }) => execution?.exitCode !== 0).map(({ taskId }) => taskId)
  return [...new Set(failed), ...RUNS.slice(files.length).map(() => 'turbo')]
}

function readJson(path) {
  return JSON.parse(readFileSync(path, 'utf8'))
}

function count({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`
}

if (!(await install())) {
  console.log(count({ passed: 0, failed: 1, skipped: 0 }))
  process.exit(1)
}
const packages = testedPackages()
for (const { directory } of packages) rmSync(join(directory, REPORT), { force: true })
rmSync(SUMMARIES, { recursive: true, force: true })

for (const run of RUNS) await turbo(...run, '--continue=always', '--summarize', '--output-logs=new-only')

const failed = failedTasks()
const counts = packages.map((each) => countTests(each, failed.includes(`${each.name}#test`)))
const others = failed.filter((taskId) => !taskId.endsWith('#test'))
const total = {
  passed: counts.reduce((sum, each) => sum + each.passed, 0),
  failed: counts.reduce((sum, each) => sum + each.failed, others.length),
  skipped: counts.reduce((sum, each) => sum + each.skipped, 0),
}

console.log('')
const width = Math.max(...counts.map(({ name }) => name.length))
for (const each of counts) {
  console.log(`  ${each.name.padEnd(width)}  ${count(each)}${each.note && ` (${each.note})`}`)
}
for (const taskId of others) console.log(`  ${taskId} failed`)
console.log('')
console.log(count(total))
process.exitCode = total.failed > 0 ? 1 : 0
