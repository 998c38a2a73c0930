/**
 * The events of the PRESS overview page and their types on the wire. Only that of IMMIGRATION_ENTRY is documented (payload
 * reference); the others are **assumed**, on its pattern.
 */
export const PRESS_TYPES = {
  IMMIGRATION_ENTRY: 'ae.uaekyc.icp.immigration_entry.v1',
  VISA_EXTENSION: 'ae.uaekyc.icp.visa_extension.v1',
  STATUS_CHANGE: 'ae.uaekyc.icp.status_change.v1',
  VISA_CANCELLATION: 'ae.uaekyc.icp.visa_cancellation.v1',
  NEW_ID: 'ae.uaekyc.icp.new_id.v1',
  FILE_CANCEL: 'ae.uaekyc.icp.file_cancel.v1',
} as const

/** The name of an event on the overview page. */
export type PressEventName = keyof typeof PRESS_TYPES

export const PRESS_EVENT_NAMES: readonly PressEventName[] = Object.keys(PRESS_TYPES) as PressEventName[]
