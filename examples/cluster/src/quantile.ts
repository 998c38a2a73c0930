/** The least of the values that so large a part of them does not exceed: `quantile(values, 0.5)` is the median. `undefined` of none. */
export function quantile(values: readonly number[], part: number): number | undefined {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)]
}
