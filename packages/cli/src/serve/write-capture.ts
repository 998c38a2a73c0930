import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { HttpRequest, Reply } from '@kyc-webhooks/core'
import { note } from '../output.ts'
import { pairsOf } from '../verify/capture.ts'

/** As a receiver reads a body, whether or not its head is refused. */
const LIMITS = { maxBytes: 1_048_576, timeoutMs: 10_000 }

/** Has a request received, and writes it down as it came: what `verify --request` reads. For its owner's eyes alone. */
export async function captured(
  directory: string,
  name: (status: number) => string,
  path: string,
  request: HttpRequest,
  receive: (request: HttpRequest) => Promise<Reply>,
): Promise<Reply> {
  const reading = request.readBody(LIMITS)
  // The receiver hears of it.
  const body = reading.catch(() => Buffer.alloc(0))
  const reply = await receive({ ...request, readBody: () => reading })
  const lines = pairsOf(request.rawHeaders).map(([header, value]) => `${header}: ${value}\r\n`)
  const head = Buffer.from(`${request.method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`, 'latin1')
  const file = join(directory, name(reply.status))
  // The reply stands, whatever becomes of the file.
  await writeFile(file, Buffer.concat([head, await body]), { mode: 0o600, flag: 'wx' }).catch((error) =>
    note(`kyc-webhooks: ${file} could not be written (${error.code})`),
  )
  return reply
}
