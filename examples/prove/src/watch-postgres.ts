import pg from 'pg'
import { Purposes } from './purposes.ts'

const PATTERNS = {
  begin: /^BEGIN\b/,
  insert: /INSERT INTO \S+\.delivery\b/,
  claim: /THEN 'running' ELSE/,
  settle: /CASE result WHEN 'done'/,
  commit: /^COMMIT$/,
}

type Query = (this: pg.Client, ...args: unknown[]) => unknown

/** Passes the fault points of the inbox on Postgres: before a statement is sent, and after its answer has come. */
export function watchPostgres(): void {
  const prototype = pg.Client.prototype as unknown as { query: Query }
  const { query } = prototype
  const connections = new WeakMap<pg.Client, Purposes>()
  prototype.query = function (...args) {
    const [first] = args
    const text = typeof first === 'string' ? first : (first as { text?: string } | undefined)?.text
    const purposes = connections.get(this) ?? new Purposes(PATTERNS)
    connections.set(this, purposes)
    const after = purposes.before(text ?? '')
    const result = query.apply(this, args)
    if (result instanceof Promise) result.then(after, () => {})
    return result
  }
}
