import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A folder with the texts of the providers' pages, which are not ours to commit. */
const folder = process.env.KYC_PROVIDER_PAGES

export interface Pages {
  found: boolean
  /** For the title of a test: says when it does not run, and why. */
  remark: string
  text: () => string
}

/** Says so where everybody looks when they are not there. */
export function pages(...names: readonly string[]): Pages {
  const files = names.map((name) => join(folder ?? '', name))
  const text = () => files.map((file) => readFileSync(file, 'utf8')).join('\n')
  if (folder !== undefined && files.every((file) => existsSync(file)))
    return { found: true, remark: '', text }
  console.warn(`\n!!! KYC_PROVIDER_PAGES HAS NO ${names.join(', ')}: the tests that need it DO NOT RUN\n`)
  return {
    found: false,
    remark: ` [NOT RUN: KYC_PROVIDER_PAGES is no folder with ${names.join(', ')}]`,
    text,
  }
}
