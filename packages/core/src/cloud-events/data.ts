import { decodeJson } from '../json.ts'
import { Unusable } from '../provider.ts'
import type { CloudEventProfile } from './cloud-event.ts'
import { isJson, isUtf8, parseMediaType } from './media-type.ts'

/**
 * What a JSON media type declares to be JSON is parsed; other bytes stay bytes, also when no type is declared
 * (JSON format section 3.1.2).
 * @throws {Unusable}
 */
export function decodeData(
  bytes: Uint8Array,
  datacontenttype: string | undefined,
  profile: CloudEventProfile,
  json: () => unknown = () => decodeJson(bytes),
): unknown {
  const mediaType = datacontenttype === undefined ? undefined : parseMediaType(datacontenttype)
  if (mediaType === undefined || !isJson(mediaType)) return bytes
  // JSON has no charset parameter; the lenient profile ignores one, as RFC 8259 section 11 says.
  if (profile === 'strict' && !isUtf8(mediaType)) throw new Unusable('the charset of JSON data is not UTF-8')
  return json()
}
