import { createHash } from 'node:crypto'
import { chmodSync, readdirSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type Database from 'better-sqlite3'
import type { Driver } from './connection.ts'

/**
 * Who runs the events of a receiver: whoever has a write lock on `<file>-<receiver>.lock`. The operating system releases
 * it the moment its process dies, and never before. See docs/decisions/0003-runner-lock.md.
 */
export class RunnerLocks {
  readonly #driver: Driver
  readonly #file: string
  readonly #held = new Map<string, Database.Database>()

  constructor(driver: Driver, file: string) {
    this.#driver = driver
    this.#file = file
  }

  has(receiver: string): boolean {
    return this.#held.has(receiver)
  }

  /** False: somebody else has it. Never waits. */
  take(receiver: string): boolean {
    return this.#lock(receiver, `${this.#file}-${fileName(receiver)}.lock`)
  }

  /** The rights of all receivers that anybody ever ran the events of. Returns the lock file that somebody else has, if any. */
  takeAll(): string | undefined {
    const [directory, start] = [dirname(this.#file), `${basename(this.#file)}-`]
    const locks = readdirSync(directory).filter((name) => name.startsWith(start) && name.endsWith('.lock'))
    return locks.find((name) => !this.#lock(name, join(directory, name)))
  }

  #lock(name: string, path: string): boolean {
    const lock = this.#driver.open(path, 0)
    try {
      chmodSync(path, 0o600)
      lock.pragma('journal_mode = MEMORY')
      // The open transaction is the lock; nothing is ever written. Not EXCLUSIVE, which takes two steps: of two that ask
      // at once, both could be turned away.
      lock.exec('BEGIN IMMEDIATE')
      this.#held.set(name, lock)
      return true
    } catch (error) {
      lock.close()
      if (error instanceof Error && 'code' in error && error.code === 'SQLITE_BUSY') return false
      throw error
    }
  }

  drop(receiver: string): void {
    this.#held.get(receiver)?.close()
    this.#held.delete(receiver)
  }

  dropAll(): void {
    for (const receiver of this.#held.keys()) this.drop(receiver)
  }
}

/** A receiver's name as part of a file name. Two names never share one, also where case does not count. */
function fileName(receiver: string): string {
  if (/^[a-z0-9-]{1,40}$/.test(receiver)) return receiver
  return `~${createHash('sha256').update(receiver).digest('hex').slice(0, 32)}`
}
