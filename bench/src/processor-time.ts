import { readFile } from 'node:fs/promises'

/** Ticks of the kernel's clock in a second, as `/proc` counts. */
const TICKS = 100

/** Milliseconds that processes have spent on a processor so far; on Linux, `NaN` elsewhere. One that is gone counts nothing. */
export async function processorTime(pids: readonly number[]): Promise<number> {
  if (process.platform !== 'linux') return Number.NaN
  const times = await Promise.all(pids.map(timeOf))
  return times.reduce((sum, time) => sum + time, 0)
}

async function timeOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  // After the name, which may have spaces in it: state is the third field, time in user mode and in the kernel 14 and 15.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return ((Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) * 1_000) / TICKS
}
