import type { Experiment } from '../report/section.ts'
import { throughput } from './throughput.ts'

/** All of them, in the order of the report. */
export const experiments: readonly Experiment[] = [throughput]
