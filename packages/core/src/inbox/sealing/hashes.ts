import { createHmac } from 'node:crypto'
import { ANY_DIGEST } from '../any-digest.ts'
import { headKey } from '../head-key.ts'
import type { Receipt } from '../port.ts'
import { subjectHash } from '../subject-hash.ts'

/** Of hashes with a key: 24 bytes in hex. Those without one have 16 or 32 bytes, which tells them apart. */
const KEYED_LENGTH = 48

/** What a store keeps in the place of what it must know again. */
export interface Hashes {
  /** What the head of a subject is kept under, and then what it may be found under besides. */
  headKeys(receiver: string, subject: string): readonly [string, ...string[]]
  /** What events of a subject may stand under. */
  subjects(subject: string): readonly string[]
}

export const plainHashes: Hashes = {
  headKeys: (receiver, subject) => [headKey(receiver, subject)],
  subjects: (subject) => [subjectHash(subject)],
}

/** Hashes that only who has the key can make: a guess cannot be tried on a stolen store. Of the plain ones, so that those can be put in another form. */
export class KeyedHashes implements Hashes {
  readonly #key: Buffer
  readonly #mixed: boolean

  /** @param mixed there may be plain ones too */
  constructor(key: Buffer, mixed: boolean) {
    this.#key = key
    this.#mixed = mixed
  }

  of(kind: 'key' | 'nonce' | 'head' | 'digest' | 'subject', plain: string): string {
    if (plain === '' || plain === ANY_DIGEST || plain.length === KEYED_LENGTH) return plain
    return createHmac('sha256', this.#key).update(`${kind}\0${plain}`).digest('hex').slice(0, KEYED_LENGTH)
  }

  headKeys(receiver: string, subject: string): readonly [string, ...string[]] {
    const plain = headKey(receiver, subject)
    return this.#mixed ? [this.of('head', plain), plain] : [this.of('head', plain)]
  }

  subjects(subject: string): readonly string[] {
    const plain = subjectHash(subject)
    return [this.of('subject', plain), plain]
  }

  /** A receipt under keyed hashes. */
  receipt(receipt: Receipt): Receipt {
    const { key, digest, nonce, events } = receipt
    const former = { key, digest, nonce: nonce?.key }
    return {
      ...receipt,
      key: key === undefined ? undefined : this.of('key', key),
      digest: this.of('digest', digest),
      ...(nonce === undefined ? {} : { nonce: { ...nonce, key: this.of('nonce', nonce.key) } }),
      ...(this.#mixed ? { former } : {}),
      events: events.map(({ subject = '', ...event }) => ({
        ...event,
        subject: this.of('subject', subject),
      })),
    }
  }
}
