import type { ProviderName } from '../providers.ts'
import type { Point } from './point.ts'
import { ADDRESS_POINTS } from './points/address.ts'
import { EVENT_POINTS, SIZE_POINT } from './points/events.ts'
import { FRESHNESS_POINTS } from './points/freshness.ts'
import { ODD_POINTS } from './points/oddities.ts'
import { PROCESSING_POINTS } from './points/processing.ts'
import { REPLY_POINTS } from './points/replies.ts'
import { SIGNATURE_POINTS } from './points/signature.ts'
import { TLS_POINTS } from './points/tls.ts'
import { UNSIGNED_ID_POINT } from './points/unsigned-id.ts'

/** All of them, in the order in which they are run: what makes the rest pointless comes first. */
export const POINTS: readonly Point[] = [
  ...TLS_POINTS,
  ...ADDRESS_POINTS,
  ...SIGNATURE_POINTS,
  ...FRESHNESS_POINTS,
  ...ODD_POINTS,
  ...EVENT_POINTS,
  ...REPLY_POINTS,
  ...PROCESSING_POINTS,
  UNSIGNED_ID_POINT,
  SIZE_POINT,
]

/** What a provider asks. @param dated its deliveries carry a timestamp */
export const pointsOf = (provider: ProviderName, dated: boolean): readonly Point[] =>
  POINTS.filter((point) => point.pages[provider] !== undefined && (dated || point.dated !== true))
