import { mergeConfig } from 'vitest/config'
import shared from '../vitest.shared.ts'

export default mergeConfig(shared, {
  test: { globalSetup: '../packages/testing/src/postgres-setup.ts', testTimeout: 120_000 },
})
