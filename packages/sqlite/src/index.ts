export { type OpenReceiver, openReceiver } from './open-receiver.ts'
export type { SqliteEngineOptions, SqliteInboxOptions } from './options.ts'
export { sqliteEngine } from './sqlite-engine.ts'
export { sqliteInbox } from './sqlite-inbox.ts'
