import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Machine } from '../run/machine.ts'
import type { Settings } from '../run/settings.ts'
import type { Section } from './section.ts'

/** What came of an experiment, with what it was taken on: the content of `results/<name>.json`. */
export interface Taken extends Section {
  name: string
  title: string
  takenAt: string
  machine: Machine
  settings: Omit<Settings, 'folder'>
  /** How long it took. */
  seconds: number
}

/** The results of those that were run into this folder at some time, in order. */
export async function readTaken(folder: string, names: readonly string[]): Promise<Taken[]> {
  const all = await Promise.all(
    names.map((name) => readFile(join(folder, `${name}.json`), 'utf8').catch(() => undefined)),
  )
  return all.flatMap((text): Taken[] => (text === undefined ? [] : [JSON.parse(text)]))
}
