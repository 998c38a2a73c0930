import { expect, it } from 'vitest'
import { LatencyHistogram } from '../src/index.ts'

function histogram(times: Iterable<number>) {
  const made = new LatencyHistogram()
  for (const ms of times) made.record(ms)
  return made
}
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1)

it('knows nothing at first', () => {
  expect(new LatencyHistogram().latencies()).toEqual({
    count: 0,
    minMs: 0,
    meanMs: 0,
    p50Ms: 0,
    p90Ms: 0,
    p99Ms: 0,
    p999Ms: 0,
    maxMs: 0,
    buckets: [],
  })
})

it('tells percentiles to a tenth of a per cent; least, mean and most exactly', () => {
  const { buckets, ...times } = histogram(upTo(10_000)).latencies()
  const near = (ms: number) => expect.closeTo(ms, -Math.log10(ms / 500))
  expect(times).toMatchObject({ count: 10_000, minMs: 1, meanMs: 5000.5, maxMs: 10_000 })
  expect(times).toMatchObject({ p50Ms: near(5000), p90Ms: near(9000), p99Ms: near(9900), p999Ms: near(9990) })
  expect(buckets.reduce((sum, { count }) => sum + count, 0)).toBe(10_000)
})

it('counts up to and including the limit of a bucket, and leaves no gap', () => {
  expect(histogram([0.05, 0.1, 0.11, 1, 1.01, 9]).latencies().buckets).toEqual([
    { toMs: 0.1, count: 2 },
    { toMs: 0.2, count: 1 },
    { toMs: 0.5, count: 0 },
    { toMs: 1, count: 1 },
    { toMs: 2, count: 1 },
    { toMs: 5, count: 0 },
    { toMs: 10, count: 1 },
  ])
})

it('takes any time from nothing to days, and keeps within what occurred', () => {
  const days = 3 * 86_400_000
  expect(histogram([0, days]).latencies()).toMatchObject({
    minMs: 0,
    maxMs: days,
    p50Ms: expect.closeTo(0, 2),
  })
  expect(histogram([days]).latencies()).toMatchObject({ p99Ms: days, buckets: [{ toMs: null, count: 1 }] })
  expect(histogram([7.0004]).percentile(50)).toBe(7.0004)
})

it('takes in another, as if all had been recorded in one', () => {
  const [low, high] = [upTo(500), upTo(1000).slice(500)]
  const both = histogram(low)
  both.add(histogram(high))
  expect(both.latencies()).toEqual(histogram([...low, ...high]).latencies())
  both.add(new LatencyHistogram())
  expect(both.latencies().count).toBe(1000)
})

it('is plain data, and a copy', () => {
  const counting = histogram([1, 2])
  const before = counting.latencies()
  counting.record(3)
  expect(before.count).toBe(2)
  expect(JSON.parse(JSON.stringify(before))).toEqual(before)
})
