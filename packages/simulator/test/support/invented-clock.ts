/** A clock that moves only while somebody waits, and the waits that were asked for. */
export interface InventedClock {
  slept: number[]
  now: () => number
  sleep: (ms: number) => Promise<void>
}

export function inventedClock(start = 0): InventedClock {
  const slept: number[] = []
  let time = start
  return {
    slept,
    now: () => time,
    sleep: async (ms: number) => {
      slept.push(ms)
      time += ms
    },
  }
}
