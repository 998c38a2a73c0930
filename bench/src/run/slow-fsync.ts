import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const source = fileURLToPath(new URL('slow-fsync.c', import.meta.url))

/** What in the environment of a process makes each of its fsyncs slower. Without a C compiler, or on another system than Linux: `undefined`. */
export async function slowFsync(
  folder: string,
): Promise<((ms: number) => Record<string, string>) | undefined> {
  if (process.platform !== 'linux') return undefined
  const library = join(folder, 'slow-fsync.so')
  try {
    await promisify(execFile)('cc', ['-shared', '-fPIC', '-O2', '-o', library, source, '-ldl'])
  } catch {
    return undefined
  }
  return (ms) => ({ LD_PRELOAD: library, SLOW_FSYNC_MS: String(ms) })
}
