import { availableParallelism } from 'node:os'
import { defineConfig, type ViteUserConfig } from 'vitest/config'

/** Packages import each other's sources, so that tests need no build. */
const source = '@kyc-webhooks/source'

const shared: ViteUserConfig = defineConfig({
  ssr: { resolve: { conditions: [source], externalConditions: [source] } },
  resolve: { conditions: [source] },
  test: {
    include: ['test/**/*.test.ts'],
    reporters: ['default', 'json'],
    outputFile: { json: 'test-report.json' },
    // One for each processor; vitest leaves one idle.
    maxWorkers: availableParallelism(),
    execArgv: [`--conditions=${source}`],
    // Programs that tests start read compiled sources again, from here: half of the time that each takes to start.
    env: { NODE_COMPILE_CACHE: new URL('node_modules/.cache/compiled', import.meta.url).pathname },
    // The tests that try at random try so many times as much (packages/core/test/support/runs.ts).
    testTimeout: 20_000 * Math.max(1, Number(process.env.FUZZ_RUNS ?? 1)),
  },
})
export default shared
