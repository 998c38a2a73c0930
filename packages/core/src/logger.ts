import { Console } from 'node:console'

/** What we log to: pino's interface, and that of most loggers. No line holds a secret, a signature, a body or personal data. */
export interface Logger {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

/** The default: one line of JSON each, on standard output and, for warnings and errors, on standard error. */
export function consoleLogger(): Logger {
  // Not the streams themselves: written to directly, a full disk behind them ends the process.
  const console = new Console({ stdout: process.stdout, stderr: process.stderr, ignoreErrors: true })
  const line = (level: keyof Logger) => (fields: object, message: string) => {
    console[level](JSON.stringify({ level, time: new Date().toISOString(), ...fields, msg: message }))
  }
  return { info: line('info'), warn: line('warn'), error: line('error') }
}

/** A logger that throws is its owner's trouble, not the delivery's. */
export function guarded(logger: Logger): Logger {
  const guard = (level: keyof Logger) => (fields: object, message: string) => {
    // Nowhere is left to say so.
    const nothing = () => {}
    try {
      const logged: unknown = logger[level](fields, message)
      if (logged instanceof Promise) logged.catch(nothing)
    } catch {
      nothing()
    }
  }
  return { info: guard('info'), warn: guard('warn'), error: guard('error') }
}

/** Logs nothing. */
export const silentLogger: Logger = { info() {}, warn() {}, error() {} }
