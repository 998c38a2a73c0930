import { createHash } from 'node:crypto'

/** As core's `headKey`, in bytes: a worker thread loads no core. */
export function headKey(receiver: string, subject: string): Buffer {
  return createHash('sha256')
    .update(JSON.stringify([receiver, subject]))
    .digest()
}
