export type { PostgresInboxOptions } from './options.ts'
export { postgresInbox } from './postgres-inbox.ts'
export { migrationSql } from './schema.ts'
