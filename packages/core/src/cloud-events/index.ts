export type {
  CloudEvent,
  CloudEventDelivery,
  CloudEventOptions,
  CloudEventProfile,
  LenientCloudEvent,
  StrictOptions,
} from './cloud-event.ts'
export { decodeHeaderValue } from './header-value.ts'
export { isJson, isUtf8, type MediaType, parseMediaType } from './media-type.ts'
export { parseBinary } from './parse-binary.ts'
export { type ParsedCloudEvents, parseCloudEvents } from './parse-cloud-events.ts'
export { parseBatch, parseStructured } from './parse-structured.ts'
export { isRfc3339 } from './rfc3339.ts'
export { isAbsoluteUri, isUriReference } from './uri.ts'
