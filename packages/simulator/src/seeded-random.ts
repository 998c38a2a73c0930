/** A source of pseudo-random values that are the same for the same seed. For test data only. */
export interface SeededRandom {
  /** From 0 to below 1. */
  fraction(): number
  /** A whole number, both ends included. */
  int(min: number, max: number): number
  pick<Choices extends readonly [unknown, ...unknown[]]>(choices: Choices): Choices[number]
  /** Characters of an alphabet. */
  text(length: number, alphabet?: string): string
  digits(length: number): string
  /** Version 4. */
  uuid(): string
  /** For a time in milliseconds since the Unix epoch. */
  ulid(time: number): string
}

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const LOWER_AND_DIGITS = 'abcdefghijklmnopqrstuvwxyz0123456789'

/** @param seed a whole number; its lowest 32 bits count. */
export function seededRandom(seed: number): SeededRandom {
  let state = seed >>> 0

  /** Mulberry32. */
  function fraction(): number {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  function int(min: number, max: number): number {
    return min + Math.floor(fraction() * (max - min + 1))
  }
  function text(length: number, alphabet: string = LOWER_AND_DIGITS): string {
    return Array.from({ length }, () => alphabet.charAt(int(0, alphabet.length - 1))).join('')
  }
  return {
    fraction,
    int,
    pick: (choices) => choices[int(0, choices.length - 1)],
    text,
    digits: (length) => text(length, '0123456789'),
    uuid() {
      const hex = text(32, '0123456789abcdef')
      const variant = text(1, '89ab')
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`
    },
    ulid(time) {
      const head = Array.from({ length: 10 }, (_, i) =>
        CROCKFORD.charAt(Math.floor(time / 32 ** (9 - i)) % 32),
      )
      return head.join('') + text(16, CROCKFORD)
    },
  }
}
