/** Puts values onto a length, and says where to label it. */
export interface Scale {
  /** From 0 to 1. */
  at(value: number): number
  ticks: readonly number[]
}

const STEPS = [1, 2, 5, 10]
const TICKS = 6

/** From 0 to a round number that all values are below. */
export function linear(values: readonly number[]): Scale {
  const most = Math.max(...values, Number.MIN_VALUE)
  const power = 10 ** Math.floor(Math.log10(most / TICKS))
  const step = (STEPS.find((each) => each * power * TICKS >= most) ?? 10) * power
  const end = Math.ceil(most / step) * step
  return {
    at: (value) => value / end,
    ticks: Array.from({ length: Math.round(end / step) + 1 }, (_, index) => index * step),
  }
}

/** From a power of ten to another. Values of 0 or less are at the lower end. */
export function logarithmic(values: readonly number[]): Scale {
  const positive = values.filter((value) => value > 0)
  const from = Math.floor(Math.log10(Math.min(...positive)))
  const to = Math.max(from + 1, Math.ceil(Math.log10(Math.max(...positive))))
  const decades = Array.from({ length: to - from + 1 }, (_, index) => 10 ** (from + index))
  return {
    at: (value) => (value > 0 ? Math.max(0, (Math.log10(value) - from) / (to - from)) : 0),
    ticks:
      to - from > 3
        ? decades
        : decades.flatMap((each, index) =>
            index === decades.length - 1 ? [each] : [each, 2 * each, 5 * each],
          ),
  }
}
