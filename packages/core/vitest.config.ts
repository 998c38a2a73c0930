import { configDefaults, mergeConfig } from 'vitest/config'
import shared from '../../vitest.shared.ts'

/** Runs against what others have published, where `SUITES` names a folder with copies of it. */
const withCopies = process.env.SUITES === undefined ? ['test/public-suites.test.ts'] : []

export default mergeConfig(shared, { test: { exclude: [...configDefaults.exclude, ...withCopies] } })
