import { saying, withText } from './alter.ts'
import type { Step } from './expect-each.ts'
import { almostSigned, signedWithoutSecret, withOtherDigit, withoutCharacter } from './forge.ts'
import type { Trial } from './trial.ts'

/** What somebody might send who has no secret, and what is left of a delivery that somebody has altered. */
export function forgeries(trial: Trial): Step[] {
  const flawed = (['bad-signature', 'malformed-signature', 'missing-signature'] as const).map(
    (flaw): Step => [FLAWED[flaw], trial.prepare({ flaw })],
  )
  const signed = trial.prepare()
  const { body } = trial.prepare()
  const unsigned: Step[] = trial.bench.target.simulator.flaws.includes('unsigned')
    ? [['none of the three headers', trial.prepare({ flaw: 'unsigned' })]]
    : []
  return [
    ...flawed,
    ['the signature of another body', { ...signed, body }],
    ...almostSigned(() => trial.prepare()),
    ...signedWithoutSecret(trial.bench.target, () => trial.prepare()),
    ...alteredBodies(trial),
    ...forgedTests(trial),
    ...unsigned,
  ]
}

const FLAWED = {
  'bad-signature': 'the first digit of the signature is another',
  'malformed-signature': 'a signature of one character',
  'missing-signature': 'no signature',
} as const

const BOM = Buffer.from([0xef, 0xbb, 0xbf])

/** Still JSON, so that nothing but the signature is against them. */
function alteredBodies(trial: Trial): Step[] {
  const [middle, longer, marked] = [trial.prepare(), trial.prepare(), trial.prepare()]
  const draft = trial.bench.draft()
  const last = trial.prepare({}, withText(draft, `${draft.body}\n`))
  const spaced = Buffer.concat([last.body.subarray(0, -1), Buffer.from(' ')])
  const unreadable = trial.prepare({}, saying(trial.bench.drafts, 'a \ufffd b'))
  return [
    ['a digit in the middle of the body is another', { ...middle, body: withOtherDigit(middle.body) }],
    ['the last byte of the body is another', { ...last, body: spaced }],
    // The same values, so the same to whoever hashes what was parsed.
    ['a space more after the body', { ...longer, body: Buffer.concat([longer.body, Buffer.from(' ')]) }],
    // The same characters, so the same to whoever hashes what was decoded.
    ['a byte order mark before the body', { ...marked, body: Buffer.concat([BOM, marked.body]) }],
    ['a byte that is no UTF-8 in the body', { ...unreadable, body: withoutCharacter(unreadable.body) }],
  ]
}

/** Test events are what a receiver is most likely to answer before it looks at the signature. */
function forgedTests(trial: Trial): Step[] {
  const { drafts } = trial.bench
  if (!drafts.eventTypes.includes('test')) return []
  return [['a forged `test` event', trial.prepare({ flaw: 'bad-signature' }, drafts.of('test'))]]
}
