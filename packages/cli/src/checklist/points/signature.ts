import type { Draft } from '@kyc-webhooks/simulator'
import type { ProviderName } from '../../providers.ts'
import { restyled, saying } from '../alter.ts'
import { ACCEPTED, NOT_ACCEPTED, oneOf, REFUSED, told, type Wanted } from '../exchange.ts'
import { expectEach } from '../expect-each.ts'
import { forgeries } from '../forgeries.ts'
import { type Conclusion, fail, notShown, type Point, pass } from '../point.ts'
import type { Trial } from '../trial.ts'

/** What each provider's page has a forgery answered with. UIP's says "Reject the request". */
const FORGERY: Readonly<Record<ProviderName, Wanted>> = {
  press: oneOf(401),
  uip: REFUSED,
  'advance-ai': oneOf(400, 401),
}

export const SIGNATURE_POINTS: readonly Point[] = [
  {
    id: 'raw-body',
    group: 'signature',
    title: 'The signature is checked over the bytes as they came',
    pages: {
      press: {
        name: 'Signature Verification, Read the raw body',
        says: 'Do not parse or re-serialise before verification — transforming the body will produce a signature mismatch.',
      },
      uip: {
        name: 'Webhooks, Signature Verification Algorithm',
        says: 'Calculate HMAC SHA-256 hash of the raw request body using your webhook secret',
      },
      'advance-ai': {
        name: 'Webhook, What to sign',
        says: 'Do not hand-build JSON or re-serialize after parsing (JSON.stringify, toJSONString, etc.) — any formatting change breaks the signature.',
      },
    },
    why: 'JSON that is parsed and written again is the same bytes by luck alone. The day the provider writes a space, an escape or a long number in another way, every delivery is refused.',
    mend: 'Hash the bytes, then parse them: in Express `express.raw({ type: () => true })` on this path, above `express.json()`, and `hmac.update(req.body)`.',
    run: (trial) =>
      expectEach(
        trial,
        ACCEPTED,
        rawDrafts(trial).map(([sent, draft]) => [sent, trial.prepare({}, draft)]),
      ),
  },
  {
    id: 'bad-signature',
    group: 'signature',
    title: 'A forgery is refused',
    pages: {
      press: {
        name: 'Network Flow, Sandbox Checklist',
        says: 'Deliberately send a request with a bad signature and confirm your endpoint rejects it with 401.',
      },
      uip: {
        name: 'Webhooks, Signature Verification Algorithm',
        says: 'Reject the request if signatures don’t match',
      },
      'advance-ai': {
        name: 'Webhook, Step 5: Compare Signatures',
        says: 'If signatures do not match → reject with HTTP 400 / 401',
      },
    },
    why: 'Whoever knows the address can send what they like. A 5xx in place of a refusal is an exception: a forger finds out with it, and can do so all day.',
    mend: 'Compare in constant time the hash of the very bytes that came, and look at the length first, in bytes: `crypto.timingSafeEqual` throws for two of different length. Refuse a missing header like a wrong one. Before that, parse nothing, look at no event, and reply nothing, from no timer either. Refuse to start without a secret.',
    run: refuseForgeries,
  },
  {
    id: 'both-algorithms',
    group: 'signature',
    title: 'Both algorithms can be set up: HMAC-SHA256 and HMAC-SHA512',
    pages: {
      'advance-ai': {
        name: 'Webhook, How to sign',
        says: 'For HMAC-SHA512, use the algorithm configured for your webhook in ACMP.',
      },
    },
    why: 'The algorithm is chosen in the console, and can be changed there: a receiver that knows one of them refuses everything from then on.',
    mend: 'Make the algorithm a setting, and hash with it: `createHmac(algorithm, key)`. Do not guess it from the length of what came.',
    run: tryOtherAlgorithm,
  },
]

/** The slow one comes beside the others. */
async function refuseForgeries(trial: Trial): Promise<Conclusion> {
  const wanted = FORGERY[trial.bench.target.provider]
  const slow = trial.prepare({ flaw: 'bad-signature' })
  const slowly = trial.send('a forgery that comes slowly', slow, NOT_ACCEPTED, { mishap: 'slow-body' })
  const [quick, reply] = [await expectEach(trial, wanted, forgeries(trial)), await slowly]
  if (NOT_ACCEPTED.holds(reply)) return quick
  const late = `a forgery that comes slowly: ${told(reply)}, before all of it had come`
  return fail(quick.status === 'fail' ? `${late}; ${quick.reason}` : `${late}.`)
}

/** Bodies that are not what `JSON.stringify(JSON.parse(body))` gives. */
function rawDrafts({ bench: { target, drafts, draft } }: Trial): [sent: string, Draft][] {
  const spaced: [string, Draft] = ['with line breaks and \\u escapes in the JSON', restyled(draft())]
  // Whoever puts the body into a pattern with `replace` hashes something else.
  const dollars: [string, Draft] = ['with $& and $$ in a value', saying(drafts, 'a $& b $$ c $1')]
  if (target.provider !== 'advance-ai') return [spaced, dollars]
  return [spaced, dollars, ['with the 64-bit ids of the page in it', drafts.of('AML_OGS_UPDATE')]]
}

async function tryOtherAlgorithm(trial: Trial) {
  const { other } = trial.bench.target
  if (other === undefined) return notShown('no other algorithm was given')
  const { name, simulator, isElsewhere } = other
  const delivery = simulator.prepare(trial.bench.draft())
  const sent = `a genuine delivery, signed with ${name}`
  const reply = await trial.send(sent, delivery, isElsewhere ? ACCEPTED : undefined, { by: simulator })
  if (!ACCEPTED.holds(reply)) {
    if (isElsewhere) return fail(`${sent}: ${told(reply)}. Wanted: 2xx.`)
    return notShown(
      `this address answered ${told(reply)} to ${name}, as it should when it is set up for the other one: give --other-algorithm-url, where it is set up for ${name}`,
    )
  }
  if (!isElsewhere) return pass(`${name} was answered ${reply.status} too`)
  const forged = simulator.prepare(trial.bench.draft(), { flaw: 'bad-signature' })
  const refusal = await trial.send(`a forgery in ${name}`, forged, FORGERY['advance-ai'], { by: simulator })
  return FORGERY['advance-ai'].holds(refusal)
    ? pass(`${name} was answered ${reply.status}, and a forgery ${refusal.status}`)
    : fail(`a forgery in ${name}: ${told(refusal)}. Wanted: ${FORGERY['advance-ai'].words}.`)
}
