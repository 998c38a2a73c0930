/** Where a process can be killed: on either side of each durable step, and of the steps between them. In the order of an event's way. */
export const FAULT_POINTS = [
  'before begin',
  'after begin',
  'before insert',
  'after insert',
  'before commit',
  'after commit',
  'before answer',
  'after answer',
  'before claim',
  'after claim',
  'before handler',
  'in handler',
  'after handler',
  'before settle',
  'after settle',
] as const
export type FaultPoint = (typeof FAULT_POINTS)[number]

const { FAULT_POINT, FAULT_PASSES = '1' } = process.env
let left = Number(FAULT_PASSES)

/** Ends this process, when it has been told to die here and has passed often enough: as a power cut would, at once. */
export function pass(point: FaultPoint): void {
  if (point !== FAULT_POINT) return
  left -= 1
  if (left <= 0) process.kill(process.pid, 'SIGKILL')
}
