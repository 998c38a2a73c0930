import { decodeJson } from '../../json.ts'
import { Unusable } from '../../provider.ts'

/** The body of an answer as JSON, of no more than so many bytes. Rejects with `Unusable` when it is larger or not JSON. */
export async function readJson(reply: Response, maxBytes: number): Promise<unknown> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of reply.body ?? []) {
    length += chunk.byteLength
    if (length > maxBytes) throw new Unusable(`the answer is larger than ${maxBytes} bytes`)
    chunks.push(chunk)
  }
  return decodeJson(Buffer.concat(chunks))
}
