import type { Movable, MovedRows } from '@kyc-webhooks/core'
import type { Host } from './inline-host.ts'

/** Moves of an inbox, each on a connection of its own: when it is closed before the end, nothing has happened. */
export function mover(name: string, connect: () => Promise<Host>): Movable {
  async function connected<T>(use: (host: Host) => Promise<T>): Promise<T> {
    const host = await connect()
    try {
      return await use(host)
    } finally {
      // A connection that cannot be closed is gone: what was to be committed is committed.
      await host.close().catch(() => {})
    }
  }

  return {
    handOver: (to, take) =>
      connected(async (host) => {
        const departing = await host.call('depart', [to])
        if ('left' in departing) return departing.left
        const { leaving } = departing
        await take({ ...leaving, from: name, rows: rowsOf(host) })
        const departure = { id: leaving.id, to }
        await host.call('leave', [departure])
        return departure
      }),

    takeOver: ({ rows, ...move }) =>
      connected(async (host) => {
        await host.call('arrive', [move.origin])
        for await (const some of rows) await host.call('addRows', [some])
        await host.call('stay', [move])
      }),

    moveIn: (departure) => connected((host) => host.call('moveIn', [departure])),
  }
}

async function* rowsOf(host: Host): AsyncGenerator<MovedRows> {
  for (;;) {
    const rows = await host.call('nextRows', [])
    if (rows === undefined) return
    yield rows
  }
}
