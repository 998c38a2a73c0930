/** Chance that repeats: the same seed, the same answers in the same order. */
export interface Chance {
  /** True with this probability. */
  of(probability: number): boolean
  /** A whole number, both ends included. */
  between(least: number, most: number): number
  oneOf<T>(choices: readonly [T, ...T[]] | readonly T[]): T
  /** From 0 to below 1. */
  fraction(): number
}

/** Mulberry32: https://github.com/bryc/code/blob/master/jshash/PRNGs.md */
export function chanceOf(seed: number): Chance {
  let state = seed >>> 0
  function fraction(): number {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  const between = (least: number, most: number) => least + Math.floor(fraction() * (most - least + 1))
  return {
    fraction,
    between,
    of: (probability) => fraction() < probability,
    oneOf: (choices) => choices[between(0, choices.length - 1)] as never,
  }
}
