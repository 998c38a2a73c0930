import { defineConfig } from 'tsdown'
import { shared } from '../../tsdown.config.ts'

export default defineConfig(shared)
