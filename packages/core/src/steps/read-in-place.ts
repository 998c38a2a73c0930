import type { HttpRequest } from '../request.ts'
import type { Settings } from '../settings.ts'
import type { Place } from '../unverified.ts'

/** Reads the body in its place among the unverified, which it gives back when it cannot. Throws what `readBody` throws. */
export async function readInPlace(
  request: HttpRequest,
  place: Place,
  { maxBodyBytes: maxBytes, readTimeoutMs: timeoutMs }: Pick<Settings, 'maxBodyBytes' | 'readTimeoutMs'>,
): Promise<Uint8Array> {
  try {
    const body = await request.readBody({ maxBytes, timeoutMs, place })
    place.arrived(body.byteLength)
    return body
  } catch (error) {
    place.leave()
    throw error
  }
}
