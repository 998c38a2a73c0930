import { Rejection } from './errors.ts'
import { Head } from './head.ts'
import type { Inbox } from './inbox/inbox.ts'
import type { Outcome, Receipt, UnverifiedRecord } from './inbox/port.ts'
import { isInForce, type Key } from './key.ts'
import type { KeyRing } from './key-ring.ts'
import type { Provider } from './provider.ts'
import type { Settings } from './settings.ts'
import { signingKey } from './steps/authenticate.ts'
import { type Credentials, readCredentials } from './steps/credentials.ts'
import { checkFreshness } from './steps/freshness.ts'
import { identify } from './steps/identify.ts'
import { authenticDelivery, keptHeaders, parse } from './steps/parse.ts'

/** Rows at once: bodies are large. */
const PAGE = 20

/** How many unverified deliveries came to what. */
export interface Reverified {
  /** Authentic and new: their events are handled. */
  recorded: number
  /** Authentic, and known already: the provider had sent them again. */
  duplicate: number
  /** Authentic, and in quarantine now. */
  quarantined: number
  /** No secret in force matches: they stay until they are too old. */
  unverified: number
}

/** As `Receiver.reverify`. */
export async function reverify(
  provider: Provider,
  inbox: Inbox,
  settings: Settings,
  keyRing: KeyRing,
): Promise<Reverified> {
  const { name: receiver, now, logger } = settings
  const startedAt = now()
  const keys = await keysInForce(keyRing, startedAt)
  const counts = { recorded: 0, duplicate: 0, quarantined: 0, unverified: 0 }
  for (let after = 0; ; ) {
    const page = await inbox.unverified({ receiver, after, limit: PAGE })
    // What comes meanwhile has been verified under these keys.
    const rows = page.filter(({ receivedAt }) => receivedAt <= startedAt)
    for (const row of rows) {
      const found = match(provider, keys, row)
      const outcome =
        found === undefined ? 'unverified' : await recordAll(inbox, provider, settings, row, found)
      counts[outcome] += 1
      if (found === undefined) continue
      keyRing.used(found.key)
      // Not before its receipts are durable: when it breaks off, the next time finds duplicates.
      await inbox.discard({ unverified: [row.seq] })
    }
    if (page.length < PAGE || rows.length === 0) break
    after = page.at(-1)?.seq ?? after
  }
  logger.info({ receiver, provider: provider.name, ...counts }, 'unverified deliveries were verified again')
  return counts
}

/** Those that the source has now, not those that it had. */
async function keysInForce(keyRing: KeyRing, now: number): Promise<readonly Key[]> {
  const known = await keyRing.keys()
  const keys = (await keyRing.newer(known)) ?? known
  return keys.filter((key) => isInForce(key, now))
}

interface Match {
  key: Key
  head: Head
  credentials: Credentials
}

function match(provider: Provider, keys: readonly Key[], row: UnverifiedRecord): Match | undefined {
  if (row.unreadable !== undefined) return undefined
  const head = new Head(Object.entries(row.headers).flat())
  try {
    const credentials = readCredentials(provider, head)
    const key = signingKey(provider.signature, head, row.body, credentials.signatures, keys)
    return key && { key, head, credentials }
  } catch (error) {
    // It does not look as the provider's deliveries do now.
    if (error instanceof Rejection) return undefined
    throw error
  }
}

/** The rest of the way of a delivery, as it would have gone when it came. Rejects when the inbox fails. */
async function recordAll(
  inbox: Inbox,
  provider: Provider,
  { name: receiver, toleranceMs, rememberMs, now }: Settings,
  { body, receivedAt }: UnverifiedRecord,
  { key, head, credentials }: Match,
): Promise<Exclude<keyof Reverified, 'unverified'>> {
  const freshness = checkFreshness(credentials.timestamp, receivedAt, toleranceMs)
  const headers = keptHeaders(provider)(head)
  const parts = parse(provider, authenticDelivery(provider, body, headers))
  const evidence = { receivedAt, credentials, verifiedBy: key.id }
  const received = { receiver, provider, body, headers, toleranceMs, rememberMs, ...evidence }
  // Remembered from now on: from its arrival, it might be forgotten already.
  const keyExpiresAt = now() + rememberMs
  const receipts = identify(received, freshness, parts).map(
    (receipt): Receipt => ({ ...receipt, keyExpiresAt }),
  )
  const outcomes: Outcome[] = []
  for (const receipt of receipts) outcomes.push(await inbox.record(receipt))
  if (outcomes.includes('recorded')) return 'recorded'
  return outcomes.every((outcome) => outcome === 'duplicate') ? 'duplicate' : 'quarantined'
}
