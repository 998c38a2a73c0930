/** How much more than by default is tried: `FUZZ_RUNS=100` for a hundred times as many runs. */
const scale = Number(process.env.FUZZ_RUNS ?? 1)

/** For fast-check: so many runs, scaled. */
export const runs = (numRuns: number): { numRuns: number } => ({ numRuns: Math.ceil(numRuns * scale) })
