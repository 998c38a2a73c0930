import { createHash } from 'node:crypto'
import type { Inbox, InboxEngine, Outcome, Receipt, Receiver } from '@kyc-webhooks/core'
import type { Sabotage } from '../../src/simulation/index.ts'

/** Does something else with one method of an engine. */
const engine = (change: (good: InboxEngine) => Partial<InboxEngine>): Sabotage => ({
  engine: (good) => ({ ...good, ...change(good) }),
})

type Recording = Inbox['record']

/** Does something else when a receiver records. */
function recording(inbox: Inbox, record: (receipt: Receipt, good: Recording) => Promise<Outcome>): Inbox {
  const good = inbox.record.bind(inbox)
  return Object.assign(inbox, { record: (receipt: Receipt) => record(receipt, good) })
}

/** Receivers that break a promise, each with the property that it breaks. */
export const sabotages: Readonly<Record<string, { breaks: string; sabotage: Sabotage }>> = {
  'an engine that acknowledges before it stores': {
    breaks: 'P1',
    sabotage: engine((good) => ({
      async commit(receipts, settlements) {
        void good.commit(receipts, settlements).catch(() => {})
        return receipts.map(() => 'recorded')
      },
    })),
  },

  'an engine that remembers a key before the rest is stored': {
    breaks: 'P1',
    sabotage: engine((good) => ({
      async commit(receipts, settlements) {
        const keys = receipts.filter(({ quarantine }) => quarantine === undefined)
        await good.commit(
          keys.map(({ nonce, ...receipt }) => ({ ...receipt, events: [] })),
          [],
        )
        return good.commit(receipts, settlements)
      },
    })),
  },

  'an engine that gives its rights away while events are in hand': {
    breaks: 'P3',
    sabotage: engine((good) => ({
      async claim(request) {
        const result = await good.claim(request)
        await good.release(request.receiver)
        return result
      },
    })),
  },

  'an engine that loses what was running when its process died': {
    breaks: 'P1',
    sabotage: engine((good) => ({
      async claim(request) {
        const result = await good.claim(request)
        const settlements = result.claims.map(({ seq, attempt }) => ({
          ...{ seq, attempt, at: request.now },
          result: 'done' as const,
        }))
        await good.commit([], settlements)
        return result
      },
    })),
  },

  'a group commit that answers duplicates early': {
    breaks: 'P1',
    sabotage: {
      inbox(inbox) {
        const underWay = new Set<string>()
        return recording(inbox, async (receipt, record) => {
          const { key = '' } = receipt
          if (underWay.has(key)) return 'duplicate'
          underWay.add(key)
          return record(receipt).finally(() => underWay.delete(key))
        })
      },
    },
  },

  'a receiver that replies before it has recorded': {
    breaks: 'P1',
    sabotage: {
      inbox: (inbox) =>
        recording(inbox, async (receipt, record) => {
          record(receipt).catch(() => {})
          return 'recorded'
        }),
    },
  },

  'a receiver that keeps what it refuses': {
    breaks: 'P2',
    sabotage: {
      receiver: (receiver, inbox): Receiver => ({
        ...{ name: receiver.name, path: receiver.path, pathGiven: false, ready: receiver.ready },
        close: () => receiver.close(),
        reverify: () => receiver.reverify(),
        async receive(request) {
          let body = new Uint8Array()
          const readBody: typeof request.readBody = async (limits) => {
            body = Buffer.from(await request.readBody(limits))
            return body
          }
          const reply = await receiver.receive({ ...request, readBody })
          if (reply.status === 401 && body.length > 0) {
            await inbox
              .record({
                ...{
                  receiver: receiver.name,
                  key: undefined,
                  keyExpiresAt: 0,
                  headers: {},
                  events: [],
                  body,
                },
                ...{ receivedAt: Date.now(), context: { receivedAt: '' }, quarantine: 'signature-mismatch' },
                digest: createHash('sha256').update(body).digest('hex'),
              })
              .catch(() => {})
          }
          return reply
        },
      }),
    },
  },

  'an inbox that takes what cannot become events': {
    breaks: 'P5',
    sabotage: {
      inbox: (inbox) =>
        recording(inbox, ({ quarantine, ...receipt }, record) =>
          record(
            quarantine === 'body-not-json' ? receipt : { ...receipt, ...(quarantine && { quarantine }) },
          ),
        ),
    },
  },

  'an engine that uses up the nonces of what it did not store': {
    breaks: 'P4',
    sabotage: engine((good) => ({
      async commit(receipts, settlements) {
        const nonces = receipts.filter(({ nonce }) => nonce !== undefined)
        await good.commit(
          nonces.map((receipt) => ({ ...receipt, key: undefined, events: [] })),
          [],
        )
        return good.commit(receipts, settlements)
      },
    })),
  },

  'an engine that does not recover': {
    breaks: 'P4',
    sabotage: {
      engine(good) {
        let hasFailed = false
        return {
          ...good,
          async commit(receipts, settlements) {
            if (hasFailed && receipts.length > 0) throw new Error('it failed before')
            return good.commit(receipts, settlements).catch((error: unknown) => {
              hasFailed = true
              throw error
            })
          },
        }
      },
    },
  },

  'a receiver that takes longer than the provider waits': { breaks: 'P6', sabotage: { budgetMs: 20_000 } },
}
