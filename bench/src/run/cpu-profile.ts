import { readdir, readFile } from 'node:fs/promises'
import type { Profiler } from 'node:inspector'
import { join } from 'node:path'
import { place } from '../server/place.ts'

/** Self times on one thread, as shares of its busy time, largest first. */
export interface ThreadProfile {
  /** Share of the time. */
  busy: number
  functions: readonly (readonly [name: string, share: number])[]
  /** By where the code is from: `ours`, a package, Node.js. */
  places: readonly (readonly [name: string, share: number])[]
}

/** Reads what `--cpu-prof` wrote, of each thread, the main thread first: only what lies between two times. */
export async function readProfiles(folder: string, fromUs: number, toUs: number): Promise<ThreadProfile[]> {
  // Their names end in process, thread and a number.
  const files = (await readdir(folder)).filter((name) => name.endsWith('.cpuprofile')).sort()
  const texts = await Promise.all(files.map((name) => readFile(join(folder, name), 'utf8')))
  return texts.map((text) => summary(JSON.parse(text), fromUs, toUs))
}

function summary(
  { nodes, startTime, samples = [], timeDeltas = [] }: Profiler.Profile,
  fromUs: number,
  toUs: number,
): ThreadProfile {
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]))
  const functions = new Map<string, number>()
  const places = new Map<string, number>()
  let at = startTime
  let busy = 0
  for (const [index, id] of samples.entries()) {
    const delta = timeDeltas[index] ?? 0
    at += delta
    const frame = frames.get(id)
    if (at < fromUs || at > toUs || frame === undefined || frame.functionName === '(idle)') continue
    const where = place(frame.url)
    busy += delta
    add(functions, `${frame.functionName || '(anonymous)'} · ${where}`, delta)
    add(places, where.replace(/^(ours|bench): .*/, '$1'), delta)
  }
  return { busy: busy / (toUs - fromUs), functions: shares(functions, busy), places: shares(places, busy) }
}

function add(sums: Map<string, number>, name: string, value: number): void {
  sums.set(name, (sums.get(name) ?? 0) + value)
}

function shares(sums: Map<string, number>, all: number): [string, number][] {
  return [...sums].map(([name, value]): [string, number] => [name, value / all]).sort(([, a], [, b]) => b - a)
}
