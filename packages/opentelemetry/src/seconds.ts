import type { MetricOptions } from '@opentelemetry/api'

export const seconds = (ms: number): number => ms / 1_000

/** For durations from a fraction of a millisecond to a minute; 0.5 and 0.4 are the time limit of PRESS and the budget for it. */
export const DURATION: MetricOptions = {
  unit: 's',
  advice: {
    explicitBucketBoundaries: [
      0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.4, 0.5, 1, 2.5, 5, 15, 60,
    ],
  },
}
