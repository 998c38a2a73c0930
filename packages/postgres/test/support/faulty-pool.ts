import pg from 'pg'

/** A pool whose connections break at one call to the server, counted over all of them and over pg-boss's. */
export interface FaultyPool {
  pool: pg.Pool
  /** From now on, the n-th call fails. */
  failAt(n: number, when: 'before' | 'after'): void
  /** True: the call that was to fail has been made. */
  hasFailed(): boolean
}

export function faultyPool(connectionString: string): FaultyPool {
  let left = Number.POSITIVE_INFINITY
  let moment: 'before' | 'after' = 'before'

  class FaultyClient extends pg.Client {
    // The driver's own overloads; a pool and pg-boss call it with text, values and perhaps a callback.
    override query(...args: unknown[]): never {
      const query = super.query as unknown as (...args: unknown[]) => unknown
      left -= 1
      if (left !== 0) return query.apply(this, args) as never
      const cut = () =>
        (this as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy()
      if (moment === 'before') {
        cut()
        return query.apply(this, args) as never
      }
      const callback = args.at(-1)
      if (typeof callback === 'function') {
        const failing = () => {
          cut()
          callback(new Error('Connection terminated unexpectedly'))
        }
        return query.apply(this, [...args.slice(0, -1), failing]) as never
      }
      const answer = query.apply(this, args) as Promise<unknown>
      return answer.then(() => {
        cut()
        throw new Error('Connection terminated unexpectedly')
      }) as never
    }
  }
  const pool = new pg.Pool({ connectionString, Client: FaultyClient, max: 5 } as unknown as pg.PoolConfig)
  return {
    pool,
    failAt(n, when) {
      left = n
      moment = when
    },
    hasFailed: () => left <= 0,
  }
}
