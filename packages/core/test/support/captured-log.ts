import type { Logger } from '../../src/logger.ts'

export interface LogLine {
  level: keyof Logger
  message: string
  [field: string]: unknown
}

/** A logger that keeps what it is told. */
export interface CapturedLog extends Logger {
  readonly lines: LogLine[]
  /** The lines that have these fields. */
  where(fields: Partial<LogLine>): LogLine[]
}

export function capturedLog(): CapturedLog {
  const lines: LogLine[] = []
  const keep = (level: keyof Logger) => (fields: object, message: string) =>
    void lines.push({ ...fields, level, message })
  return {
    lines,
    info: keep('info'),
    warn: keep('warn'),
    error: keep('error'),
    where: (fields) =>
      lines.filter((line) => Object.entries(fields).every(([name, value]) => line[name] === value)),
  }
}
