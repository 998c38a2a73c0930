import fc from 'fast-check'
import type { Delivery } from './signed.ts'

/** One thing that is changed about a delivery: its `body`, or a header by name. */
export interface Mutation {
  part: string
  how: string
  /** Where, modulo the length. */
  at: number
  /** Which bit, which character. */
  which: number
}

/** Characters that somewhere pass for others, or for nothing. */
const CHARACTERS = '\0\t\n\r ,;=.:"\'%+-/_\x7f\x80\x85\xa0\xad\xe9\xffg0aAzZ９ａАе٠\u200b\u212a\ufeff😀'

/** Changes text; each character stands for one byte in a body. */
type Change = (text: string, at: number, which: number) => string

const changes: Readonly<Record<string, Change>> = {
  'flips a bit': (text, at, which) =>
    splice(text, at, 1, String.fromCharCode(text.charCodeAt(at) ^ (1 << (which % 8)))),
  'takes a character out': (text, at) => splice(text, at, 1, ''),
  'puts a character in': (text, at, which) => splice(text, at, 0, character(which)),
  'puts a character in place of another': (text, at, which) => splice(text, at, 1, character(which)),
  'swaps two characters': (text, at) => splice(text, at, 2, [...text.slice(at, at + 2)].reverse().join('')),
  'cuts it off': (text, at) => text.slice(0, at),
  'cuts the start off': (text, at) => text.slice(at),
  'doubles a part': (text, at, which) => splice(text, at, 0, text.slice(at, at + which)),
  'makes a list': (text, _, which) => text + character(which) + text,
  'puts it in a list': (text, at, which) => `${text.slice(0, at)}${character(which)}${text}`,
  'wraps it': (text, _, which) => character(which) + text + character(which),
  'in upper case': (text) => text.toUpperCase(),
  'in lower case': (text) => text.toLowerCase(),
  'changes the case of one': (text, at) => splice(text, at, 1, otherCase(text.charAt(at))),
  'hex as Base64': (text) => Buffer.from(text.replace(/^.*=/, ''), 'hex').toString('base64'),
  'Base64 as hex': (text) => Buffer.from(text.replace(/^.*,/, ''), 'base64').toString('hex'),
  'Base64 for addresses': (text) => text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', ''),
  'without padding': (text) => text.replace(/=+$/, ''),
  percented: (text, at) => splice(text, at, 1, `%${text.charCodeAt(at).toString(16)}`),
  'with zeros': (text, _, which) => '0'.repeat(1 + (which % 3)) + text,
  'as a number': (text) => String(Number(text)),
  'one more': (text) => text.replace(/\d+/, (digits) => String(BigInt(digits) + 1n)),
  empty: () => '',
}

const splice = (text: string, at: number, count: number, put: string): string =>
  text.slice(0, at) + put + text.slice(at + count)
const character = (which: number): string => [...CHARACTERS][which % [...CHARACTERS].length] ?? ' '
const otherCase = (text: string): string =>
  text === text.toLowerCase() ? text.toUpperCase() : text.toLowerCase()

/** Any change of one of these parts. */
export const mutation = (parts: readonly string[]): fc.Arbitrary<Mutation> =>
  fc.record({
    part: fc.constantFrom(...parts),
    how: fc.constantFrom(...Object.keys(changes)),
    at: fc.nat(10_000),
    which: fc.nat(255),
  })

/** The delivery, changed. */
export function mutated(delivery: Delivery, mutations: readonly Mutation[]): Delivery {
  return mutations.reduce(({ headers, body }, { part, how, at, which }) => {
    const change = (text: string) => changes[how]?.(text, at % (text.length + 1), which) ?? text
    if (part === 'body')
      return { headers, body: Buffer.from(change(Buffer.from(body).toString('latin1')), 'latin1') }
    return { headers: { ...headers, [part]: change(String(headers[part] ?? '')) }, body }
  }, delivery)
}
