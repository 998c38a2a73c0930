import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { InboxEngine } from '@kyc-webhooks/core'
import type { EngineFixture } from '@kyc-webhooks/testing'
import { onTestFinished } from 'vitest'
import { type SqliteEngineOptions, sqliteEngine } from '../../src/index.ts'

/** A new store, and engines on it. */
export function makeStore(options: SqliteEngineOptions = {}): EngineFixture {
  const directory = mkdtempSync(join(tmpdir(), 'kyc-webhooks-'))
  const engines: InboxEngine[] = []
  return {
    async open() {
      const engine = sqliteEngine({ file: join(directory, 'inbox.db'), ...options })
      engines.push(engine)
      await engine.open()
      return engine
    },
    async content() {
      return Buffer.concat(readdirSync(directory).map((name) => readFileSync(join(directory, name))))
    },
    async destroy() {
      await Promise.all(engines.map((engine) => engine.close()))
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

/** A directory of its own, removed when the test is over. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'kyc-webhooks-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

/** The path of an inbox that does not exist yet, in a directory of its own. */
export function temporaryFile(): string {
  return join(temporaryDirectory(), 'inbox.db')
}

/** Opens an engine that is closed when the test is over. */
export async function openEngine(file: string, options: SqliteEngineOptions = {}): Promise<InboxEngine> {
  const engine = sqliteEngine({ file, ...options })
  onTestFinished(() => engine.close())
  await engine.open()
  return engine
}
