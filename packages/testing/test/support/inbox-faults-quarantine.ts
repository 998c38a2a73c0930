import { type BrokenEngine, burns, receipts } from './inbox-broken-engine.ts'

/** Engines that treat nonces or quarantine wrongly. */
export const quarantineFaults: Readonly<Record<string, BrokenEngine>> = {
  'ignores nonces': {
    noticedBy: 'quarantines another delivery with a used nonce, and does not use up its key',
    fault: receipts(({ nonce, ...receipt }) => receipt),
  },
  'takes every nonce for strict': {
    noticedBy: 'takes the same delivery with the same nonce for a duplicate',
    fault: receipts((receipt) =>
      receipt.nonce ? { ...receipt, nonce: { ...receipt.nonce, strict: true } } : receipt,
    ),
  },
  'takes no nonce for strict': {
    noticedBy: 'refuses a used nonce also of the same delivery when strict',
    fault: receipts((receipt) =>
      receipt.nonce ? { ...receipt, nonce: { ...receipt.nonce, strict: false } } : receipt,
    ),
  },
  'looks at the nonce before the key': {
    noticedBy: 'takes a known key with other bytes for a conflict whatever its nonce',
    fault: (good) => ({
      async commit(given, settlements) {
        const outcomes = await good.commit(given, settlements)
        return outcomes.map((outcome, index) =>
          outcome === 'conflict' && given[index]?.nonce ? 'nonce-reused' : outcome,
        )
      },
    }),
  },
  'uses up nonces of duplicates': {
    noticedBy: 'does not use up the nonce of a duplicate or a conflict',
    fault: burns(
      (outcome) => outcome === 'duplicate' || outcome === 'conflict',
      ({ nonce }) => ({ nonce, key: undefined }),
    ),
  },
  'lets deliveries without a key share a nonce': {
    noticedBy: 'gives one of two deliveries without a key the nonce',
    fault: receipts(({ nonce, ...receipt }) => (receipt.key && nonce ? { ...receipt, nonce } : receipt)),
  },
  'remembers nonces a moment too long': {
    noticedBy: 'remembers a nonce until it expires, and not from then on',
    fault: receipts((receipt) =>
      receipt.nonce
        ? { ...receipt, nonce: { ...receipt.nonce, expiresAt: receipt.nonce.expiresAt + 1 } }
        : receipt,
    ),
  },
  'looks nonces up before the batch': {
    noticedBy: 'gives a nonce to one delivery of a batch',
    fault: receipts((receipt, index) => (index > 0 ? { ...receipt, nonce: undefined as never } : receipt)),
  },
  'checks a nonce, then uses it up': {
    noticedBy: 'gives a nonce to one of the deliveries that bring it at once',
    fault: (good) => {
      const used = new Set<string>()
      return {
        async commit(given, settlements) {
          const nonce = given[0]?.nonce?.key ?? ''
          if (used.has(nonce)) return good.commit(given, settlements)
          await new Promise(setImmediate)
          used.add(nonce)
          return good.commit(
            given.map(({ nonce, ...receipt }) => receipt),
            settlements,
          )
        },
      }
    },
  },
  'keeps no headers': {
    noticedBy: 'keeps a delivery in quarantine as it came',
    fault: receipts((receipt) => ({ ...receipt, headers: {} })),
  },
  'decodes bytes': {
    noticedBy: 'keeps the exact bytes, and a copy of its own',
    fault: receipts((receipt) => ({ ...receipt, body: Buffer.from(new TextDecoder().decode(receipt.body)) })),
  },
  'quarantines known deliveries': {
    noticedBy: 'quarantines unless the key is known',
    fault: receipts((receipt) => (receipt.quarantine ? { ...receipt, key: undefined } : receipt)),
  },
  'uses up keys of quarantined deliveries': {
    noticedBy: 'does not use up the key of a quarantined delivery',
    fault: burns(
      (outcome) => outcome === 'quarantined',
      ({ key }) => ({ key }),
    ),
  },
  'uses up nonces of quarantined deliveries': {
    noticedBy: 'does not use up the nonce of a quarantined delivery',
    fault: burns(
      (outcome) => outcome === 'quarantined',
      ({ nonce }) => ({ nonce, key: undefined }),
    ),
  },
  'keeps a row for each arrival': {
    noticedBy: 'keeps one row for each distinct body of a receiver',
    fault: (good) => {
      let arrivals = 0
      return receipts((receipt) => ({ ...receipt, digest: `${++arrivals}` }))(good)
    },
  },
  'leaves redriven rows': {
    noticedBy: 'deletes the row of a redriven delivery that is recorded',
    fault: receipts(({ redriven, ...receipt }) => receipt),
  },
  'leaves redriven rows of duplicates': {
    noticedBy: 'deletes the row of a redriven delivery that is known already',
    fault: (good) => {
      const known = new Set<string>()
      return receipts(({ redriven, ...receipt }) => {
        const isKnown = known.has(`${receipt.key}`)
        if (!receipt.quarantine) known.add(`${receipt.key}`)
        return isKnown || redriven === undefined ? receipt : { ...receipt, redriven }
      })(good)
    },
  },
  'takes a redrive for an arrival': {
    noticedBy: 'keeps the row of a redriven delivery that ends in quarantine again',
    fault: receipts(({ redriven, ...receipt }) =>
      receipt.quarantine || redriven === undefined ? receipt : { ...receipt, redriven },
    ),
  },
  'deletes redriven rows first': {
    noticedBy: 'keeps the row of a redriven delivery when the commit fails',
    fault: (good) => ({
      async commit(given, settlements) {
        for (const receipt of given) if (receipt.redriven) await good.commit([receipt], [])
        return good.commit(given, settlements)
      },
    }),
  },
  'records what is redriven though its row is gone': {
    noticedBy: 'writes nothing of a redriven delivery whose row is gone',
    fault: (good) => ({
      async commit(given, settlements) {
        const rows = new Set((await good.quarantined({})).map(({ seq }) => seq))
        const kept = given.map(({ redriven, ...receipt }) =>
          redriven !== undefined && rows.has(redriven) ? { ...receipt, redriven } : receipt,
        )
        return good.commit(kept, settlements)
      },
    }),
  },
  'records what is redriven twice in one commit': {
    noticedBy: 'records a delivery without a key once, however often it is redriven',
    fault: (good) => ({
      commit: ([first, ...others], settlements) => {
        const without = others.map(({ redriven, ...receipt }) => receipt)
        return good.commit(first === undefined ? without : [first, ...without], settlements)
      },
    }),
  },
  'gives pages of quarantine from the start': {
    noticedBy: 'gives quarantined deliveries oldest first, by pages and receivers',
    fault: (good) => ({ quarantined: ({ after, ...query }) => good.quarantined(query) }),
  },
}
