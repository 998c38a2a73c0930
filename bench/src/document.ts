import { fileURLToPath } from 'node:url'
import { experiments } from './experiments/index.ts'
import { fillDocumentation } from './report/documentation.ts'
import { writeSummary } from './report/write-results.ts'

// Writes results/README.md, results/targets.md and the tables of docs/performance.md anew, from results/*.json.

const folder = fileURLToPath(new URL('../results', import.meta.url))
const names = experiments.map(({ name }) => name)
await writeSummary(folder, names)
await fillDocumentation(folder, names)
