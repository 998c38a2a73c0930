import { ACCEPTED, NOT_ACCEPTED, type Reply, told, type Wanted } from '../exchange.ts'
import { fail, failForGood, notShown, type Point, pass } from '../point.ts'

const NO_REPLY = 'there was no reply: see the point accepted'

const NO_REDIRECT: Wanted = { words: 'no 3xx', holds: ({ status = 0 }) => status < 300 || status > 399 }
const NO_CHALLENGE: Wanted = { words: 'no challenge', holds: (reply) => !isChallenge(reply) }

/** RFC 9110 sections 11.6 and 11.7, RFC 6585 section 6. */
const isChallenge = ({ status = 0, headers }: Reply): boolean =>
  headers['www-authenticate'] !== undefined || status === 407 || status === 511

/** The query may be a token. */
const withoutQuery = (location: string): string => location.replace(/[?#].*$/s, '?...')

/** What to look at when a genuine delivery is not accepted, where that shows from how. */
function mendOf({ status }: Reply): string | undefined {
  if (status === undefined)
    return 'See that the receiver runs, and can be reached from here at this host and port. If it does and stays silent, a body parser may have read the body first: register the receiver above it.'
  if (status === 401 || status === 403)
    return 'Compare the secret here with that of the receiver. If it is the same, what is hashed there are not the bytes that came: a body parser stands above the receiver, or leaves bodies of this content type alone. `kyc-webhooks verify` says what is wrong with a delivery that was captured.'
  return undefined
}

/** What the address does, before it comes to what is delivered. */
export const ADDRESS_POINTS: readonly Point[] = [
  {
    id: 'no-redirect',
    group: 'address',
    title: 'A delivery is not redirected',
    pages: {
      press: {
        name: 'Network Flow, Endpoint Requirements',
        says: 'Not depend on redirects — ICP does not follow 3xx.',
      },
      uip: { name: 'Webhooks, Error Handling', says: 'returns an error (non-200 status code)' },
      'advance-ai': { name: 'Webhook, Retry Policy', says: 'Any non-2xx HTTP response' },
    },
    why: 'No provider follows a redirect: every delivery fails, and in the end all are lost.',
    mend: 'Give the provider the address that the redirect leads to. Look for a slash at the end, www, and HTTP to HTTPS.',
    async run(trial) {
      const reply = await trial.first(NO_REDIRECT)
      if (reply.status === undefined) return notShown(NO_REPLY)
      if (NO_REDIRECT.holds(reply)) return pass(`answered ${reply.status}`)
      return failForGood(
        `answered ${reply.status}, to ${trial.bench.show(withoutQuery(reply.headers.location ?? 'nowhere'))}`,
      )
    },
  },
  {
    id: 'no-challenge',
    group: 'address',
    title: 'A delivery meets no login and no challenge',
    pages: {
      press: {
        name: 'Network Flow, Endpoint Requirements',
        says: 'Not require interactive login or authentication challenges.',
      },
      uip: { name: 'Webhooks, Troubleshooting', says: 'Ensure webhook returns 200 status for all events' },
      'advance-ai': { name: 'Webhook, Retry Policy', says: 'Any non-2xx HTTP response' },
    },
    why: 'The provider has no login. What proves that it is the provider is the signature.',
    mend: 'Let this path through your own authentication, that of the proxy, and any protection against robots.',
    async run(trial) {
      const reply = await trial.first(NO_CHALLENGE)
      if (reply.status === undefined) return notShown(NO_REPLY)
      if (NO_CHALLENGE.holds(reply)) return pass(`answered ${reply.status}, without a challenge`)
      const challenge = trial.bench.show(reply.headers['www-authenticate'] ?? 'no WWW-Authenticate')
      return failForGood(`answered ${reply.status}, with a challenge: ${challenge}`)
    },
  },
  {
    id: 'accepted',
    group: 'address',
    title: 'A genuine delivery by POST is accepted',
    pages: {
      press: { name: 'Network Flow, Endpoint Requirements', says: 'Accept POST requests.' },
      uip: { name: 'Webhooks, Overview', says: 'UIP sends POST requests to your configured webhook URL' },
      'advance-ai': { name: 'Webhook, Step 6: Respond', says: 'Any 2xx' },
    },
    why: 'Nothing else can be looked at before one delivery is accepted.',
    mend: 'With 404: compare the path. With 415 or 500: a body parser may have read the body first, so register the receiver above it. `kyc-webhooks verify` says what is wrong with a delivery that was captured.',
    async run(trial) {
      const reply = await trial.first(ACCEPTED)
      return ACCEPTED.holds(reply)
        ? pass(`answered ${reply.status}`)
        : failForGood(`answered ${told(reply)}. Wanted: 2xx.`, mendOf(reply))
    },
  },
  {
    id: 'content-type',
    group: 'address',
    title: 'The content type of the provider is accepted, with a charset too',
    pages: {
      press: {
        name: 'Network Flow, Endpoint Requirements',
        says: 'Accept Content-Type: application/cloudevents+json.',
      },
      uip: { name: 'Webhooks, Overview' },
      'advance-ai': { name: 'Webhook, HTTP Request', says: 'Content-Type | application/json' },
    },
    why: 'A parser that knows other types alone leaves the body empty, and every delivery is refused.',
    mend: 'Read the bytes whatever the type: in Express `express.raw({ type: () => true })`. The type is not signed, and need not decide anything.',
    async run(trial) {
      const delivery = trial.prepare()
      const type = `${delivery.headers['Content-Type']}; charset=utf-8`
      const headers = { ...delivery.headers, 'Content-Type': type }
      const reply = await trial.send(`Content-Type: ${type}`, { ...delivery, headers }, ACCEPTED)
      return ACCEPTED.holds(reply) ? pass(`answered ${reply.status}`) : fail(`${type}: ${told(reply)}`)
    },
  },
  {
    id: 'post-only',
    group: 'address',
    title: 'What does not come by POST is not accepted',
    pages: {
      press: { name: 'Network Flow, What You Need to Provide', says: 'Must support POST requests.' },
      uip: { name: 'Webhooks, Overview', says: 'UIP sends POST requests to your configured webhook URL' },
      'advance-ai': { name: 'Webhook, HTTP Request', says: 'Method | POST' },
    },
    why: 'A 2xx to anything else says that something was received which was not: a page that answers every path hides a wrong address.',
    mend: 'Register the receiver for POST, and answer everything else on its path with 405.',
    async run(trial) {
      const reply = await trial.get('a genuine delivery, by GET', trial.prepare(), NOT_ACCEPTED)
      if (reply.status === undefined) return pass(`no reply (${reply.reason})`)
      return NOT_ACCEPTED.holds(reply)
        ? pass(`answered ${reply.status}`)
        : fail(`GET was answered ${reply.status}`)
    },
  },
]
