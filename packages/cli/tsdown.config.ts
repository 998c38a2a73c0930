import { defineConfig } from 'tsdown'
import { shared } from '../../tsdown.config.ts'

// Nobody imports it: it has no declarations.
export default defineConfig({ ...shared, entry: ['src/main.ts'], dts: false })
