import { once } from 'node:events'
import { styleText } from 'node:util'
import { printable } from '@kyc-webhooks/core/engine'

/** Results, on standard output: lines for people, or with `--json` values for programs. */
export interface Output {
  readonly isJson: boolean
  /** A line for people; nothing with `--json`. */
  line(text?: string): void
  /** A value for programs, on one line; nothing without `--json`. */
  value(value: unknown): void
}

export function output({ json = false }: { json?: boolean | undefined }): Output {
  return {
    isJson: json,
    line: (text = '') => {
      if (!json) process.stdout.write(`${text}\n`)
    },
    value: (value) => {
      if (json) process.stdout.write(`${harmless(JSON.stringify(value))}\n`)
    },
  }
}

/** JSON for people. */
export const indented = (value: unknown): string => harmless(JSON.stringify(value, undefined, 2))

/** JSON escapes the control characters below a space; terminals also obey those behind the tilde, and marks of direction. */
export const harmless = (json: string): string =>
  json.replaceAll(/[\x7f-\x9f]|\p{Bidi_C}/gu, (character) => printable(character))

/** Writes to standard output, and waits while its reader is behind. */
export async function writeOut(text: string): Promise<void> {
  if (!process.stdout.write(text)) await once(process.stdout, 'drain')
}

/** A line beside the results, on standard error. */
export function note(text: string): void {
  process.stderr.write(`${text}\n`)
}

type Format = Parameters<typeof styleText>[0]

/** Colour for standard output, if that is a terminal: `NO_COLOR` and `FORCE_COLOR` are respected. */
export function style(format: Format, text: string): string {
  return styleText(format, text, { stream: process.stdout })
}
