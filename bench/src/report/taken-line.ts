import { machineLine } from '../run/machine.ts'
import type { Taken } from './taken.ts'

/** When, where and how it was measured. */
export function takenLine({ name, takenAt, machine, settings }: Taken): string {
  const { rounds, seconds, warmup } = settings
  const how = `${rounds} ${rounds === 1 ? 'round' : 'rounds'} of ${seconds} s after ${warmup} s`
  return `\`--only ${name}\`: ${how}, ${takenAt.slice(0, 10)}; ${machineLine(machine)}.`
}
