import { availableParallelism } from 'node:os'
import { mergeConfig } from 'vitest/config'
import shared from '../../vitest.shared.ts'

export default mergeConfig(shared, {
  test: {
    globalSetup: '../testing/src/postgres-setup.ts',
    testTimeout: 60_000,
    // They wait for programs and clocks, most of the time.
    maxWorkers: 2 * availableParallelism(),
  },
})
