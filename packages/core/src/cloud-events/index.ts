export type {
  CloudEvent,
  CloudEventDelivery,
  CloudEventOptions,
  CloudEventProfile,
  LenientCloudEvent,
  StrictOptions,
} from './cloud-event.ts'
export { parseBinary } from './parse-binary.ts'
export { type ParsedCloudEvents, parseCloudEvents } from './parse-cloud-events.ts'
export { parseBatch, parseStructured } from './parse-structured.ts'
