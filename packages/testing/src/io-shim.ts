import { execFileSync } from 'node:child_process'
import { closeSync, existsSync, openSync, readFileSync, readSync, writeFileSync, writeSync } from 'node:fs'
import { constants } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const SOURCE = fileURLToPath(new URL('./io-shim.c', import.meta.url))

/** Is there what the shim needs? Linux, for `LD_PRELOAD`, and a C compiler. */
export const canShim: boolean =
  process.platform === 'linux' && ['/usr/bin/cc', '/usr/local/bin/cc'].some((path) => existsSync(path))

/** What is to fail. */
export interface IoFault {
  /** The how-many-th call from now, counted from 1. `all`: every one, until `heal`. */
  at: number | 'all'
  calls: 'writes' | 'syncs' | 'any'
  error: 'EIO' | 'ENOSPC'
}

/** Makes the system calls of a process on its database files fail. */
export interface IoShim {
  /** For the environment of the process, and of no other. */
  env: Readonly<Record<string, string>>
  fail(fault: IoFault): void
  heal(): void
  /** How many calls have failed. */
  failures(): number
  /** `sync`, `failed sync` and `200`, each when it happened: syncs of the files, and the first bytes of replies. */
  log(): string[]
}

const KINDS = { writes: 1, syncs: 2, any: 3 } as const

/** A shim for a process whose files' paths begin with `file`. What it needs goes into `folder`. */
export function createIoShim(folder: string, file: string): IoShim {
  const [library, control, log] = ['io-shim.so', 'io-control', 'io-log'].map((name) => join(folder, name))
  execFileSync('cc', ['-shared', '-fPIC', '-O1', '-w', '-o', library as string, SOURCE, '-ldl'])
  writeFileSync(control as string, Buffer.alloc(16))
  const write = (left: number, calls: IoFault['calls'], error: IoFault['error']) => {
    const numbers = Int32Array.of(left, KINDS[calls], constants.errno[error])
    const fd = openSync(control as string, 'r+')
    // `left` last: it is what arms the others.
    writeSync(fd, numbers, 4, 8, 4)
    writeSync(fd, numbers, 0, 4, 0)
    closeSync(fd)
  }
  return {
    env: {
      LD_PRELOAD: library as string,
      IO_CONTROL: control as string,
      IO_LOG: log as string,
      IO_FILE: file,
    },
    fail: ({ at, calls, error }) => write(at === 'all' ? -1 : at, calls, error),
    heal: () => write(0, 'any', 'EIO'),
    failures() {
      const numbers = new Int32Array(4)
      const fd = openSync(control as string, 'r')
      readSync(fd, numbers, 0, 16, 0)
      closeSync(fd)
      return numbers[3] ?? 0
    },
    log: () =>
      existsSync(log as string)
        ? readFileSync(log as string, 'utf8')
            .split('\n')
            .slice(0, -1)
        : [],
  }
}
