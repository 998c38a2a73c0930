import type { Experiment } from '../report/section.ts'
import { adapters } from './adapters.ts'
import { allocations } from './allocations.ts'
import { backlog } from './backlog.ts'
import { bodies } from './bodies.ts'
import { coldImport } from './cold-import.ts'
import { floor } from './floor.ts'
import { memory } from './memory.ts'
import { neighbours } from './neighbours.ts'
import { openLoop } from './open-loop.ts'
import { profile } from './profile.ts'
import { slowDisk } from './slow-disk.ts'
import { steps } from './steps.ts'
import { stored } from './stored.ts'
import { throughput } from './throughput.ts'
import { today } from './today.ts'

/** All of them, in the order of the report. */
export const experiments: readonly Experiment[] = [
  throughput,
  floor,
  today,
  adapters,
  slowDisk,
  openLoop,
  stored,
  bodies,
  backlog,
  neighbours,
  steps,
  profile,
  allocations,
  memory,
  coldImport,
]
