import { fail, failForGood, notShown, type Point, pass } from '../point.ts'

const NO_TLS =
  'the URL is http://: nothing of TLS was looked at. Run it with the URL that the provider will get'

/** What comes before HTTP. */
export const TLS_POINTS: readonly Point[] = [
  {
    id: 'https',
    group: 'address',
    title: 'The address is HTTPS, with a certificate that is trusted',
    pages: {
      press: {
        name: 'Network Flow, Endpoint Requirements',
        says: 'Serve over HTTPS (TLS 1.3 only). HTTP is not supported.',
      },
      uip: {
        name: 'Webhooks, Setting Up Webhooks',
        says: 'Production webhook URLs must use HTTPS. HTTP URLs are not allowed for security reasons.',
      },
      'advance-ai': { name: 'Webhook, Network & Security', says: 'Only HTTPS endpoints are supported' },
    },
    why: 'The provider delivers nothing to an address that is not HTTPS, or whose certificate it does not trust.',
    mend: 'Serve the whole chain, intermediate certificates too, for the host name in the URL, and renew it in time.',
    async run(trial) {
      if (trial.bench.target.url.protocol !== 'https:') return notShown(NO_TLS)
      const { version, reason } = await trial.handshake('a handshake that checks the certificate', {
        ...{ minVersion: 'TLSv1.2', maxVersion: 'TLSv1.3', verify: true },
      })
      if (version === undefined) return failForGood(`there is no trusted connection: ${reason}`)
      return pass(`${version}, and the certificate is trusted`)
    },
  },
  {
    id: 'tls-version',
    group: 'address',
    title: 'It speaks the TLS versions that the provider asks for, and no older ones',
    pages: {
      press: {
        name: 'Network Flow, Endpoint Requirements',
        says: 'Serve over HTTPS (TLS 1.3 only). HTTP is not supported.',
      },
      'advance-ai': { name: 'Webhook, Network & Security', says: 'TLS 1.2 or higher' },
    },
    why: 'The provider does not connect without its version; an older one lets somebody between talk both sides down to it.',
    mend: 'For PRESS: `ssl_protocols TLSv1.3;` in nginx, `minVersion: "TLSv1.3"` for a server of Node.js. For ADVANCE.AI: TLSv1.2 and TLSv1.3.',
    async run(trial) {
      const { url, provider } = trial.bench.target
      if (url.protocol !== 'https:') return notShown(NO_TLS)
      const isPress = provider === 'press'
      const [least, older] = isPress ? (['TLSv1.3', 'TLSv1.2'] as const) : (['TLSv1.2', 'TLSv1.1'] as const)
      const good = await trial.handshake(`a handshake with ${least} or higher`, {
        ...{ minVersion: least, maxVersion: 'TLSv1.3', verify: false },
      })
      if (good.version === undefined)
        return failForGood(`there is no connection with ${least}: ${good.reason}`)
      const old = await trial.handshake(`a handshake with ${older} or lower`, {
        ...{ minVersion: 'TLSv1', maxVersion: older, verify: false },
      })
      if (old.version !== undefined) return fail(`it agreed on ${old.version}, which is too old`)
      return pass(`it agreed on ${good.version}, and refused ${older}`)
    },
  },
]
