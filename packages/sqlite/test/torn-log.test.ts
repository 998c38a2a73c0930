import { copyFileSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { record } from '@kyc-webhooks/testing'
import { expect, test } from 'vitest'
import { openEngine, temporaryDirectory, temporaryFile } from './support/stores.ts'

function overwriteEnd(log: string, bytes: number, value: number): void {
  const content = readFileSync(log)
  content.fill(value, content.length - bytes)
  writeFileSync(log, content)
}

/** What a power cut can leave of the last write of the log. */
const TEARS: Record<string, (log: string) => void> = {
  'cut off': (log) => truncateSync(log, readFileSync(log).length - 1_000),
  'cut off in the header of a page': (log) => truncateSync(log, readFileSync(log).length - 4_110),
  'with a last page of zeros': (log) => overwriteEnd(log, 4_096, 0),
  'with a last page of something else': (log) => overwriteEnd(log, 2_000, 0x5a),
  'with something behind its end': (log) => writeFileSync(log, 'x'.repeat(5_000), { flag: 'a' }),
}

for (const [what, tear] of Object.entries(TEARS)) {
  test(`a log ${what} costs at most the commit at its end, and that is recorded when it comes again`, async () => {
    const file = temporaryFile()
    const before = await openEngine(file)
    const ids = ['a', 'b', 'c', 'd']
    for (const id of ids) await record(before, id)
    // As they lie there at a power cut: no closing has taken the log in.
    const after = join(temporaryDirectory(), 'inbox.db')
    for (const suffix of ['', '-wal']) copyFileSync(`${file}${suffix}`, `${after}${suffix}`)
    tear(`${after}-wal`)

    const engine = await openEngine(after)
    const kept = (await engine.events({})).map(({ context }) => context.id)
    expect(ids.slice(0, 3)).toEqual(kept.slice(0, 3))
    expect(await record(engine, 'd')).toBe(kept.length === 4 ? 'duplicate' : 'recorded')
    expect((await engine.events({})).map(({ context }) => context.id)).toEqual(ids)
  })
}
