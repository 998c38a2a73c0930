import { randomBytes } from 'node:crypto'
import { KycWebhookError } from '../../errors.ts'
import type { KeySet, SealKey } from './key-set.ts'
import { openText, sealText } from './sealed-value.ts'

/** What stands in the store about how its rows are sealed. */
export interface Seal {
  version: 1
  /** The key of the hashes, sealed: it stays the same when encryption keys change. */
  hashKey: string
  /** Of each key that rows may be sealed with: a value that only the right one opens. */
  keys: Readonly<Record<string, string>>
  /** There may be hashes from before, made without a key. */
  mixed: boolean
}

const HASH_KEY = { kind: 'hash key', receiver: '', place: '' } as const
const CHECK = { kind: 'check', receiver: '', place: '' } as const

export function newSeal({ first }: KeySet, mixed: boolean): Seal {
  const hashKey = sealText(first, HASH_KEY, randomBytes(32).toString('base64'))
  return { version: 1, hashKey, keys: { [first.id]: checkOf(first) }, mixed }
}

/** The same, also for what the first key seals from now on. */
export function sealWith(seal: Seal, keys: KeySet): Seal {
  if (Object.hasOwn(seal.keys, keys.first.id)) return seal
  return withHashKey({ ...seal, keys: { ...seal.keys, [keys.first.id]: checkOf(keys.first) } }, keys)
}

/** The same, when nothing is left that any other key sealed. */
export function sealAlone(seal: Seal, keys: KeySet): Seal {
  return withHashKey({ ...seal, keys: { [keys.first.id]: checkOf(keys.first) } }, keys)
}

const withHashKey = (seal: Seal, keys: KeySet): Seal => ({
  ...seal,
  hashKey: sealText(keys.first, HASH_KEY, hashKeyOf(seal, keys).toString('base64')),
})

const checkOf = (key: SealKey): string => sealText(key, CHECK, key.id)

/** Throws `encryption-key-missing` or `encryption-key-wrong` unless all keys are there that rows may be sealed with. */
export function checkKeys(seal: Seal, keys: KeySet): void {
  for (const [id, check] of Object.entries(seal.keys)) {
    if (!keys.byId.has(id)) {
      throw new KycWebhookError(
        'encryption-key-missing',
        `rows of this inbox are sealed with the key ${id}: give it as well, and remove it after \`reencrypt\``,
      )
    }
    try {
      openText(keys, CHECK, check)
    } catch {
      throw new KycWebhookError('encryption-key-wrong', `the key ${id} is another one than before`)
    }
  }
}

export function hashKeyOf({ hashKey }: Seal, keys: KeySet): Buffer {
  return Buffer.from(openText(keys, HASH_KEY, hashKey), 'base64')
}

export function parseSeal(text: string): Seal {
  const seal: unknown = JSON.parse(text)
  if (typeof seal === 'object' && seal !== null && 'version' in seal && seal.version === 1)
    return seal as Seal
  throw new KycWebhookError('inbox-newer', 'its seal is of a later form; update')
}
