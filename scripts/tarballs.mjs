/**
 * `npm run tarballs`: packs the published packages as npm would carry them, into `tarballs/`, to be installed elsewhere:
 * `npm install <this folder>/tarballs/*.tgz`.
 */
import { build, install, pack } from './workspace.mjs'

const packed = (await install()) && (await build()) && (await pack('tarballs'))
process.exitCode = packed ? 0 : 1
