import { statSync } from 'node:fs'
import { dirname } from 'node:path'

/** What others may do with the inbox that they must not, as warnings. A file that is made here is never among them. */
export function looseModes(file: string): string[] {
  // Modes mean nothing there.
  if (process.platform === 'win32') return []
  const files = ['', '-wal', '-shm'].filter((suffix) => (modeOf(`${file}${suffix}`) & 0o077) !== 0)
  const warnings = files.map(
    (suffix) => `${file}${suffix} holds personal data, and others may read it: chmod 600 ${file}${suffix}`,
  )
  const directory = dirname(file)
  const mode = modeOf(directory)
  // In one that is sticky, as /tmp is, nobody replaces the file of another.
  if ((mode & 0o022) !== 0 && (mode & 0o1000) === 0) {
    warnings.push(`others may put another file in the place of ${file}: chmod 700 ${directory}`)
  }
  return warnings
}

const modeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.mode ?? 0

const told = new Set<string>()

/** Each once in a process. */
export function warnOfLooseModes(file: string): void {
  for (const warning of looseModes(file)) {
    if (told.has(warning)) continue
    told.add(warning)
    process.emitWarning(warning, { type: 'KycWebhooksWarning', code: 'kyc-webhooks-file-mode' })
  }
}
