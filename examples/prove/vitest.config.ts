import { mergeConfig } from 'vitest/config'
import shared from '../../vitest.shared.ts'

export default mergeConfig(shared, {
  // Each file starts processes of its own: one after the other.
  test: { globalSetup: '../../packages/testing/src/postgres-setup.ts', fileParallelism: false },
})
