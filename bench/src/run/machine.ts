import { closeSync, fsyncSync, openSync, rmSync, writeSync } from 'node:fs'
import { cpus, release, totalmem, type } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { median } from './statistics.ts'

/** What the figures were taken on. */
export interface Machine {
  cpu: string
  cores: number
  memoryGiB: number
  kernel: string
  node: string
  sqlite: string
  /** Median time of an fsync after 4 KiB were appended, in milliseconds. */
  fsyncMs: number
}

const SYNCS = 101

export function machine(folder: string): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    kernel: `${type()} ${release()}`,
    node: process.version,
    sqlite: String(new Database(':memory:').prepare('SELECT sqlite_version()').pluck().get()),
    fsyncMs: fsyncMs(join(folder, 'fsync')),
  }
}

function fsyncMs(file: string): number {
  const descriptor = openSync(file, 'w')
  const page = Buffer.alloc(4_096, 1)
  const times = Array.from({ length: SYNCS }, () => {
    writeSync(descriptor, page)
    const before = performance.now()
    fsyncSync(descriptor)
    return performance.now() - before
  })
  closeSync(descriptor)
  rmSync(file)
  return median(times)
}

export function machineLine({ cpu, cores, memoryGiB, kernel, node, sqlite, fsyncMs }: Machine): string {
  return `${cpu}, ${cores} cores, ${memoryGiB} GiB, ${kernel}, Node.js ${node}, SQLite ${sqlite}, one fsync ${fsyncMs.toFixed(2)} ms`
}
