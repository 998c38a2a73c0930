/** What we log to: pino's interface, and that of most loggers. No line holds a secret, a signature, a body or personal data. */
export interface Logger {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

/** The default: one line of JSON each, on standard output and, for warnings and errors, on standard error. */
export function consoleLogger(): Logger {
  const line = (level: string, stream: NodeJS.WriteStream) => (fields: object, message: string) => {
    stream.write(`${JSON.stringify({ level, time: new Date().toISOString(), ...fields, msg: message })}\n`)
  }
  return {
    info: line('info', process.stdout),
    warn: line('warn', process.stderr),
    error: line('error', process.stderr),
  }
}

/** A logger that throws is its owner's trouble, not the delivery's. */
export function guarded(logger: Logger): Logger {
  const guard = (level: keyof Logger) => (fields: object, message: string) => {
    try {
      logger[level](fields, message)
    } catch {
      // Nowhere is left to say so.
    }
  }
  return { info: guard('info'), warn: guard('warn'), error: guard('error') }
}

/** Logs nothing. */
export const silentLogger: Logger = { info() {}, warn() {}, error() {} }
