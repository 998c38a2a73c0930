import type { Server } from 'node:http'
import request, { type Response } from 'supertest'

/** One HTTP request; everything in it is sent as it stands. */
export interface Sending {
  /** @default 'POST' */
  method?: 'POST' | 'GET' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS' | 'HEAD'
  path: string
  headers?: Readonly<Record<string, string>>
  /** @default no bytes */
  body?: Uint8Array
}

/** Sends a request to a listening server. Redirects are not followed. */
export function send(
  server: Server,
  { method = 'POST', path, headers = {}, body }: Sending,
): Promise<Response> {
  const sending = request(server)
    [method.toLowerCase() as Lowercase<typeof method>](path)
    .set({ ...headers })
  // Without this superagent makes JSON of a Buffer whose content type is JSON.
  sending.serialize((bytes) => bytes).timeout(2_000)
  return Promise.resolve(body === undefined ? sending : sending.send(Buffer.from(body)))
}
