export type Freshness = 'fresh' | 'timestamp-stale' | 'timestamp-ahead'

/** Compares the time of sending with now, both ways. A provider that sends no time is always fresh. */
export function checkFreshness(
  timestampSeconds: number | undefined,
  nowMs: number,
  toleranceMs: number,
): Freshness {
  if (timestampSeconds === undefined) return 'fresh'
  const age = nowMs - timestampSeconds * 1_000
  if (age > toleranceMs) return 'timestamp-stale'
  return age < -toleranceMs ? 'timestamp-ahead' : 'fresh'
}
