import type { UserConfig } from 'tsdown'

/** Shared by every package: ES modules, one file an entry, declarations beside them, source maps into `src`. */
export const shared: UserConfig = {
  entry: ['src/index.ts'],
  format: 'esm',
  platform: 'node',
  target: 'node22',
  dts: { oxc: true },
  sourcemap: true,
  fixedExtension: false,
}
