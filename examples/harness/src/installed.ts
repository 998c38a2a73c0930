import { spawnSync } from 'node:child_process'

/** A program that a test needs, and that need not be there. */
export interface Program {
  /** True when it can be run here. */
  found: boolean
  /** For the title of the test: says when it does not run, and why. */
  remark: string
}

/** Looks for a program, by running it. Says so where everybody looks when it is not there. */
export function installed(program: string, ...args: readonly string[]): Program {
  const found = spawnSync(program, args, { stdio: 'ignore' }).status === 0
  if (found) return { found, remark: '' }
  console.warn(`\n!!! ${program} IS NOT INSTALLED: the tests that need it DO NOT RUN\n`)
  return { found, remark: ` [NOT RUN: ${program} is not installed]` }
}
