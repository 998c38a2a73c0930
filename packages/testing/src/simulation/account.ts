/** What schedules came to. */
export interface Account {
  schedules: number
  /** Requests that reached a receiver. */
  deliveries: number
  /** Events whose delivery was answered 2xx. */
  acknowledged: number
  /** Events that a handler finished. */
  handled: number
  /** Of these, those that were finished more than once. */
  handledTwice: number
  /** Events that were acknowledged and never handled. */
  lost: number
  refused: number
  faults: number
  kills: number
  restarts: number
}

export const emptyAccount = (): Account => ({
  ...{ schedules: 0, deliveries: 0, acknowledged: 0, handled: 0, handledTwice: 0, lost: 0 },
  ...{ refused: 0, faults: 0, kills: 0, restarts: 0 },
})

export function add(total: Account, one: Account): void {
  for (const name of Object.keys(total) as (keyof Account)[]) total[name] += one[name]
}
