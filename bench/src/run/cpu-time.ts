import { readFileSync } from 'node:fs'

/** Clock ticks of /proc a second, the same on all architectures that Node.js runs on. */
const TICKS = 100

/** Processor time of all threads of a process so far, user and system, in milliseconds. Without /proc: `undefined`. */
export function cpuMs(pid: number): number | undefined {
  try {
    // The fields after the name, which may hold anything: state is the third, utime and stime are the 14th and 15th.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return ((Number(fields[11]) + Number(fields[12])) * 1_000) / TICKS
  } catch {
    return undefined
  }
}
