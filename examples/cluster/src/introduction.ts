import type { Cluster } from './cluster.ts'

/** Who takes part, and where each can be asked how it is. */
export function introduction({ url, database, receivers, workers }: Cluster): string[] {
  return [
    `postgres      ${database}`,
    `proxy         ${url}`,
    ...[...receivers, ...workers].map(
      ({ process, port, pid }) => `${process.padEnd(12)}  http://127.0.0.1:${port}/readyz  pid ${pid}`,
    ),
  ]
}
