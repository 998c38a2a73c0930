import { defineConfig } from 'tsdown'
import { shared } from '../../tsdown.config.ts'

// The thread is started from a file of its own.
export default defineConfig({ ...shared, entry: ['src/index.ts', 'src/worker.ts'] })
