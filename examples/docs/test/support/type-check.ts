import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { root } from './documents.ts'
import { type Fence, moduleOf } from './fences.ts'
import { scratch } from './scratch.ts'

/** As strict as for the project itself, but for what only concerns the project: unused names and declarations. */
const CONFIG = {
  extends: `${root}tsconfig.base.json`,
  compilerOptions: {
    declaration: false,
    isolatedDeclarations: false,
    noUnusedLocals: false,
    noUnusedParameters: false,
  },
  include: ['*.ts'],
}

/** What the compiler says about each fence, as `line: message` with lines of the document. Nothing for one without errors. */
export function typeCheck(fences: readonly Fence[]): ReadonlyMap<Fence, readonly string[]> {
  const directory = scratch()
  const byFile = new Map(fences.map((fence, index) => [`fence-${index}.ts`, fence]))
  for (const [file, fence] of byFile) writeFileSync(`${directory}/${file}`, moduleOf(fence))
  writeFileSync(`${directory}/tsconfig.json`, JSON.stringify(CONFIG))
  const { stdout } = spawnSync(`${root}node_modules/.bin/tsc`, ['--pretty', 'false'], {
    cwd: directory,
    encoding: 'utf8',
  })
  const errors = new Map<Fence, string[]>()
  for (const line of stdout.split('\n').filter((line) => /^\S/.test(line))) {
    const [, file = '', at, message] = /^(.+?)\((\d+),\d+\): (.*)$/.exec(line) ?? []
    const fence = byFile.get(file)
    if (fence !== undefined) errors.set(fence, [...(errors.get(fence) ?? []), `${at}: ${message}`])
    // Errors in the packages are for their own checks; one without a file means that nothing was checked.
    else if (file === '') throw new Error(line)
  }
  return errors
}
