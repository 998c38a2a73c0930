/**
 * The digest of what has no bytes of the provider's: a polled result says the same as a delivery, in other words. A key that
 * was recorded with it, or comes with it, is never in conflict.
 */
export const ANY_DIGEST: string = '0'.repeat(64)

/** Do two digests of one key say that two different things were delivered under one id? */
export function isOtherContent(known: string, digest: string): boolean {
  return known !== digest && known !== ANY_DIGEST && digest !== ANY_DIGEST
}
