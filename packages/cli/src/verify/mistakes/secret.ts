import type { Mistake } from '../mistake.ts'
import { keyed, type Suspect } from '../suspect.ts'

const PREFIXES = ['whsec_', 'uip_whsec_']

/** What is taken for the key, and is not. */
export const SECRET_MISTAKES: readonly Mistake[] = [
  {
    name: 'secret-prefix-stripped',
    explanation: 'The prefix of the secret, which is part of the key, was left out.',
    mend: "Give the secret as the provider shows it, and for PRESS leave `secretForm` at 'whole'.",
    undone: (suspect) => [
      // Here by the form of the key, or where the secret was stored.
      ...bare(suspect).map(() => ({ suspect: text(suspect, suspect.secret) })),
      ...PREFIXES.filter((prefix) => !suspect.secret.startsWith(prefix)).map((prefix) => ({
        suspect: text(suspect, prefix + suspect.secret),
        how: prefix,
      })),
    ],
  },
  {
    name: 'secret-prefix-kept',
    explanation: 'The key is what follows the prefix of the secret, and not all of it.',
    mend: "For PRESS, set `secretForm: 'unprefixed'` (--secret-form unprefixed); for others, give the secret without the prefix.",
    undone: (suspect) => bare(suspect).map((secret) => ({ suspect: text(suspect, secret) })),
  },
  {
    name: 'secret-base64-not-decoded',
    explanation: 'The key is what the secret decodes to as Base64, and not its text.',
    mend: "For PRESS, set `secretForm: 'unprefixed-base64'` (--secret-form unprefixed-base64). No page of UIP says so: ask them.",
    undone: (suspect) =>
      [suspect.secret, ...bare(suspect)]
        .filter((secret) => /^[\w+/-]+={0,2}$/.test(secret))
        .map((secret) => ({ suspect: keyed(suspect, Buffer.from(secret, 'base64')) })),
  },
  {
    name: 'secret-base64-decoded',
    explanation: 'Whoever signed took the text of the secret for the key, and not what it decodes to.',
    mend: 'Have the sender decode the secret before it signs, as the page of ADVANCE.AI says ("decode Base64 first").',
    undone: (suspect) => [{ suspect: text(suspect, suspect.secret) }],
  },
  {
    name: 'secret-hex-not-decoded',
    explanation: 'The key is what the hex digits of the secret stand for, and not their text.',
    mend: 'No page of the providers says so: look at what signs, or define a provider of your own with such a key.',
    undone: (suspect) =>
      [suspect.secret, ...bare(suspect)]
        .filter((secret) => /^([0-9a-f]{2}){8,}$/i.test(secret))
        .map((secret) => ({ suspect: keyed(suspect, Buffer.from(secret, 'hex')) })),
  },
  {
    name: 'secret-wrapped',
    explanation: 'White space or quotes around the secret were taken for part of it.',
    mend: 'Take them off where the secret is stored: many readers of .env files leave quotes on.',
    undone: (suspect) => {
      const unwrapped = suspect.secret.trim().replace(/^(["'`])(.*)\1$/s, '$2')
      return unwrapped === suspect.secret ? [] : [{ suspect: { ...suspect, secret: unwrapped } }]
    },
  },
  {
    name: 'secret-line-break-signed',
    explanation: 'Whoever signed took a line break at the end of the secret for part of the key.',
    mend: 'Have the sender cut it off: `echo -n`, or a trim after reading the file.',
    undone: (suspect) => ['\n', '\r\n'].map((end) => ({ suspect: text(suspect, suspect.secret + end) })),
  },
]

/** The key is the text. */
const text = (suspect: Suspect, secret: string): Suspect => keyed(suspect, Buffer.from(secret))

/** The secret without its prefix, if it has one. */
function bare({ secret }: Suspect): string[] {
  const prefix = PREFIXES.find((each) => secret.startsWith(each) && secret.length > each.length)
  return prefix === undefined ? [] : [secret.slice(prefix.length)]
}
