import { ServerResponse } from 'node:http'
import { pass } from './fault-points.ts'
import { watchPostgres } from './watch-postgres.ts'
import { watchSqlite } from './watch-sqlite.ts'

// Imported into each thread of the process before anything else (`NODE_OPTIONS=--import`), so that the receiver and its
// inbox run as they are in production: the steps are watched from below, in the drivers and in the reply.

const end = ServerResponse.prototype.end as (this: ServerResponse, ...args: unknown[]) => ServerResponse

ServerResponse.prototype.end = function (this: ServerResponse, ...args: unknown[]): ServerResponse {
  if (this.statusCode !== 200) return end.apply(this, args)
  pass('before answer')
  // `finish`: the operating system has all of it.
  this.once('finish', () => pass('after answer'))
  return end.apply(this, args)
}

watchSqlite()
watchPostgres()
